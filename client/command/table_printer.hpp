// Rows as an aligned table.
#pragma once

#include <string>

#include "protocol/response.hpp"

namespace sqlbus {

// A response with columns, ending with a newline: numbers to the right, SQL NULL as NULL, the
// number of rows below.
std::string render_table(const Response& response);

}  // namespace sqlbus
