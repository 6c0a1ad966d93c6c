// What an SQLSTATE means for the bus, in one table: the exact state first, then its class (the
// first two characters). What is not listed is permanent.
#pragma once

#include <string_view>

#include "../sqlbus_driver.h"

namespace sqlbus::driver {

struct SqlstateRow {
  std::string_view state;  // five characters, or two for the whole class
  sqlbus_class cls;
};

inline constexpr SqlstateRow kSqlstates[] = {
    {"08P01", SQLBUS_PERMANENT},   // the server's complaint about one message, not a lost link
    {"25006", SQLBUS_READ_ONLY},   // read-only transaction, or no longer the primary
    {"25P03", SQLBUS_CONNECTION},  // ended for idling in a transaction
    {"40002", SQLBUS_PERMANENT},   // a constraint, met at COMMIT
    {"40003", SQLBUS_CONNECTION},  // nobody knows whether it took effect
    {"55P03", SQLBUS_TRANSIENT},   // lock not available
    {"57014", SQLBUS_CANCELLED},   // by request or time limit
    {"57P01", SQLBUS_CONNECTION},  // the server shuts down,
    {"57P02", SQLBUS_CONNECTION},  // has crashed,
    {"57P03", SQLBUS_CONNECTION},  // is starting,
    {"57P04", SQLBUS_CONNECTION},  // has lost the database,
    {"57P05", SQLBUS_CONNECTION},  // or ended an idle session
    {"HY008", SQLBUS_CANCELLED},   // ODBC's words for the same
    {"HYT00", SQLBUS_CANCELLED},  {"HYT01", SQLBUS_CONNECTION},
    {"08", SQLBUS_CONNECTION},  // connection exception
    {"40", SQLBUS_TRANSIENT},   // serialization failure, deadlock
    {"53", SQLBUS_TRANSIENT},   // too many connections, no disk, no memory
};

constexpr sqlbus_class class_of(std::string_view sqlstate) {
  for (const auto length : {std::size_t{5}, std::size_t{2}}) {
    for (const auto& row : kSqlstates) {
      if (row.state.size() == length && sqlstate.substr(0, length) == row.state) return row.cls;
    }
  }
  return SQLBUS_PERMANENT;
}

}  // namespace sqlbus::driver
