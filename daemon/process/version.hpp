// The version of the program.
#pragma once

#include <string_view>

namespace sqlbus {

std::string_view version();  // "0.1.0"

}  // namespace sqlbus
