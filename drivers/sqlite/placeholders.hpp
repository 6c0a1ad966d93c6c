// What SQLite itself does not look at: text behind the statement, and which parameter belongs to
// which placeholder.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

struct sqlite3_stmt;

namespace sqlbus::sqlite {

// True where the tail holds nothing but white space, comments and semicolons.
bool is_blank(std::string_view tail);

// For each of SQLite's bind positions the parameter's number, from 1; 0 where nothing is bound.
// `?` counts on, `?1` and `$1` say their number. Throws 42601 for names and for a mixture.
std::vector<std::size_t> parameter_numbers(sqlite3_stmt* statement);

}  // namespace sqlbus::sqlite
