// Where the databases' SQL differs, and how they write values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/abi_session.hpp"

namespace sqlbus::test {

// All else in the suite is common to them.
struct Dialect {
  std::string bytes_type = "BLOB";  // of a column
  std::string text_type = "TEXT";
  // A query with that many rows of one column.
  std::string ten_million_rows =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) "
      "SELECT i FROM n";
  // A query that computes for minutes without a row.
  std::string endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  // INSERT INTO sqlbus_t (id, word) of so many rows, RETURNING id where the database has that.
  std::string fill_20000 =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
      "INSERT INTO sqlbus_t SELECT i, 'w' || i FROM n RETURNING id";
  std::string two_words = "'x' || 'y'";
  std::string insert_with = "WITH n AS (SELECT 5 AS i) INSERT INTO sqlbus_t SELECT i, 'e' FROM n";
  std::string insert_or_nothing = "INSERT INTO sqlbus_t VALUES (5, 'e') ON CONFLICT DO NOTHING";
  std::string never_in_transaction = "VACUUM";  // empty where there is no such statement
  bool types_expressions = true;                // else they are text
  bool has_returning = true;                    // there is INSERT … RETURNING, with its rows
  bool announces_no_rows = true;                // the columns of a RETURNING that yields none
  bool ends_sessions = true;                    // of another instance
  bool has_question_marks = false;              // its placeholders are ? and not $1
  bool has_deferred_constraints = true;         // looked at by COMMIT
  bool commits_ddl = false;                     // by itself, and the transaction before it
  bool keeps_rows_in_memory = false;  // of a result set, where the sink does not say its limit
};

// A column of a given type, as a query with one row, and how it is to be announced and written.
struct ColumnCase {
  std::string declared;
  Datum written;       // what is inserted
  std::uint32_t type;  // what columns() says
  std::string read;    // the cell as text
};

// A member of Dialect by its name, for those who say it on a command line. One of the pointers is
// set.
struct DialectKey {
  const char* name;
  const char* help;
  std::string Dialect::*text = nullptr;
  bool Dialect::*flag = nullptr;
};
std::span<const DialectKey> dialect_keys();

// Of a DBTYPE; common SQL for one that is not known.
Dialect dialect_of(std::string_view dbtype);
std::vector<ColumnCase> column_cases_of(std::string_view dbtype, const Dialect& dialect);

}  // namespace sqlbus::test
