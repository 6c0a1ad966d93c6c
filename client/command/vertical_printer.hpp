// Rows one below the other, a line for each column.
#pragma once

#include <string>

#include "protocol/response.hpp"

namespace sqlbus {

// A response with columns, ending with a newline. A value of several lines keeps them.
std::string render_vertical(const Response& response);

}  // namespace sqlbus
