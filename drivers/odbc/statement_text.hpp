// What a statement's text says before any database looks at it: where it ends, how many
// placeholders it has, and what its first word promises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/odbc/dialect.hpp"

namespace sqlbus::odbc {

struct StatementText {
  enum class Kind : std::uint8_t {
    kChange,  // INSERT, UPDATE, …: neither begins nor ends a transaction where it succeeds
    kQuery,   // SELECT, …: the same, and yields rows
    kOther
  };

  std::string sql;  // without what follows the statement
  std::size_t placeholders = 0;
  Kind kind = Kind::kOther;
  bool returns = false;              // RETURNING
  bool is_insert_of_values = false;  // of one row, without a clause that may change the count
  bool runs_as_set = false;          // the same as if it ran once for each set of parameters
};

// Throws 42601 where it is not exactly one statement, 0A000 where the database's ODBC driver cannot
// run it.
StatementText read_statement(std::string_view sql, const Dialect& dialect);

}  // namespace sqlbus::odbc
