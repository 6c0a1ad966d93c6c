// Text on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sqlbus {

// Columns that UTF-8 text takes: wide characters two, combining ones none.
std::size_t display_width(std::string_view text);

// What of printable UTF-8 text fits into so many columns, with "…" at its end where it is cut.
std::string cut_to_width(std::string_view text, std::size_t columns);

// The same text with everything that would move the cursor, or is no UTF-8, written as \n, \t,
// \x1b.
std::string printable(std::string_view text);

}  // namespace sqlbus
