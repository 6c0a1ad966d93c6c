// What the suite has to know about the driver under test.
#pragma once

#include <string>
#include <vector>

#include "drivers/sqlbus_driver.h"
#include "tests/conformance/abi_session.hpp"

namespace sqlbus::test {

// Where the databases' SQL differs. All else in the suite is common to them.
struct Dialect {
  std::string bytes_type;  // of a column
  std::string text_type = "TEXT";
  std::string ten_million_rows;  // a query with that many rows of one column
  std::string endless;           // a query that computes for minutes without a row
  std::string fill_20000;        // INSERT INTO t (id, word) of so many rows, RETURNING id
  std::string two_words = "'x' || 'y'";
  std::string insert_with = "WITH n AS (SELECT 5 AS i) INSERT INTO t SELECT i, 'e' FROM n";
  std::string insert_or_nothing = "INSERT INTO t VALUES (5, 'e') ON CONFLICT DO NOTHING";
  bool types_expressions = true;         // else they are text
  bool has_returning = true;             // INSERT … RETURNING yields rows
  bool announces_no_rows = true;         // the columns of a RETURNING that yields none
  bool ends_sessions = true;             // of another instance
  bool has_question_marks = false;       // its placeholders are ? and not $1
  bool has_deferred_constraints = true;  // looked at by COMMIT
  bool commits_ddl = false;              // by itself, and the transaction before it
  bool keeps_rows_in_memory = false;     // of a result set, where the sink does not say its limit
};

// A column of a given type, as a query with one row, and how it is to be announced and written.
struct ColumnCase {
  std::string declared;
  Datum written;       // what is inserted
  std::uint32_t type;  // what columns() says
  std::string read;    // the cell as text
};

class Subject {
 public:
  virtual ~Subject() = default;
  virtual std::string driver_path() const = 0;
  virtual const char* dbtype() const = 0;
  // Of an empty database; all calls during one test case name the same one.
  virtual Options options() = 0;
  // Of a database that cannot be reached; with the password "s3cret".
  virtual Options unreachable() const = 0;
  virtual const Dialect& dialect() const = 0;
  virtual std::vector<ColumnCase> column_cases() const = 0;
  // Ends the server's side of the other sessions; false where there is no such thing.
  virtual bool kill_sessions() = 0;
  // Throws the database of options() away.
  virtual void clear() = 0;
};

// The one of this program.
Subject& subject();
const sqlbus_driver& driver();

// Begins each test case: an empty database and a session with it.
class Fixture {
 public:
  Fixture() { subject().clear(); }
  AbiSession connect() const {
    return {driver(), subject().options(), subject().dialect().has_question_marks};
  }
};

inline constexpr const char* kTable =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, word VARCHAR(20) NOT NULL UNIQUE)";

}  // namespace sqlbus::test
