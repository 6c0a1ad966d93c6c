// What the suite has to know about the driver under test.
#pragma once

#include <string>
#include <vector>

#include "drivers/sqlbus_driver.h"
#include "tests/conformance/abi_session.hpp"
#include "tests/conformance/dialect.hpp"

namespace sqlbus::test {

class Subject {
 public:
  virtual ~Subject() = default;
  virtual std::string driver_path() const = 0;
  virtual const char* dbtype() const = 0;
  // Of an empty database; all calls during one test case name the same one.
  virtual Options options() = 0;
  // Of a database that cannot be reached; with the password "s3cret". Empty where none is known.
  virtual Options unreachable() const = 0;
  // What the message about it has to hold.
  virtual const char* names_unreachable() const { return "absent"; }
  // Whether connect_timeout or busy_timeout is known to be looked at.
  virtual bool knows_its_numbers() const { return true; }
  virtual const Dialect& dialect() const = 0;
  virtual std::vector<ColumnCase> column_cases() const = 0;
  // Ends the server's side of the other sessions; false where there is no such thing.
  virtual bool kill_sessions() = 0;
  // Throws the database of options() away, or at least kTables.
  virtual void clear() = 0;
  // Told where a case asks for something that the driver does not claim.
  virtual void on_not_claimed(const char* what) { static_cast<void>(what); }
};

// The one of this program.
Subject& subject();
const sqlbus_driver& driver();

// Whether the driver claims it, a bit of its capabilities.
inline bool can(std::uint64_t capability) { return (driver().capabilities & capability) != 0; }

// `if (lacks(…)) return;` ends a case that is about something that need not be there.
inline bool lacks(bool is_there, const char* what) {
  if (!is_there) subject().on_not_claimed(what);
  return !is_there;
}
inline constexpr const char* kReturning = "INSERT … RETURNING, of the database";
inline constexpr const char* kDeferred = "constraints that COMMIT looks at, of the database";
inline constexpr const char* kEndsSessions = "a way to end the server's side of a session";

// Begins each test case: an empty database and a session with it.
class Fixture {
 public:
  Fixture() { subject().clear(); }
  AbiSession connect() const {
    return {driver(), subject().options(), subject().dialect().has_question_marks};
  }
};

// All that the suite makes; those that refer to others come first.
inline constexpr const char* kTables[] = {
    "sqlbus_child", "sqlbus_t",   "sqlbus_u",      "sqlbus_parent",
    "sqlbus_c",     "sqlbus_n",   "sqlbus_p",      "sqlbus_q",
    "sqlbus_late",  "sqlbus_own", "sqlbus_ledger", "sqlbus_ledger_version"};
inline constexpr const char* kTable =
    "CREATE TABLE sqlbus_t (id INTEGER PRIMARY KEY, word VARCHAR(20) NOT NULL UNIQUE)";
// A row of kTable.
inline std::string insert(int id) {
  return "INSERT INTO sqlbus_t VALUES (" + std::to_string(id) + ", 'w" + std::to_string(id) + "')";
}

}  // namespace sqlbus::test
