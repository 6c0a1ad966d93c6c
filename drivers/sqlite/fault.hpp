// SQLite's result codes as SQLSTATE.
#pragma once

#include "drivers/driver_kit.hpp"

struct sqlite3;

namespace sqlbus::sqlite {

// The error of the last call that failed on this connection.
driver::DriverError last_fault(sqlite3* db);

}  // namespace sqlbus::sqlite
