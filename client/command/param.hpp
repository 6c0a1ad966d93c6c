// A bind value as it is written on the command line.
#pragma once

#include <string_view>

#include "protocol/value.hpp"

namespace sqlbus {

// A JSON scalar is what it says: 5, 1.50, true, null, "5". Everything else, blanks around it
// included, is text as it stands.
Value param_of(std::string_view text);

Value text_param(std::string_view text);

}  // namespace sqlbus
