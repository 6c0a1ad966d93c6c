// Values between the ABI and SQLite.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "drivers/driver_kit.hpp"

struct sqlite3_stmt;

namespace sqlbus::sqlite {

// Binds a value at a position from 1. The text is borrowed until the statement is reset.
void bind(sqlite3_stmt* statement, int position, const sqlbus_value& value);

// The columns of a statement that stands on its first row, or has none. A column without a
// declared type, an expression, has that of its value in the first row.
std::vector<sqlbus_column> columns_of(sqlite3_stmt* statement, bool has_row);

// The cells of the row on which a statement stands; they borrow from it and from `texts`, which
// has as many elements.
void read_row(sqlite3_stmt* statement, const std::vector<sqlbus_column>& columns,
              std::vector<sqlbus_value>& cells, std::vector<std::string>& texts);

}  // namespace sqlbus::sqlite
