// Rows as CSV.
#pragma once

#include <string>
#include <string_view>

#include "protocol/response.hpp"

namespace sqlbus {

// RFC 4180 with a line of names first and LF at the end of each line. SQL NULL is an empty field,
// the empty text "". Empty for a response without columns.
std::string render_csv(const Response& response);

// One field that is not NULL, in quotes where it needs them.
std::string csv_field(std::string_view text);

}  // namespace sqlbus
