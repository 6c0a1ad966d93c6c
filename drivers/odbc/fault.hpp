// What a failed call says, in the project's SQLSTATEs.
#pragma once

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/dialect.hpp"

namespace sqlbus::odbc {

enum class HandleKind : short { kEnvironment = 1, kConnection = 2, kStatement = 3 };

// The first record of the handle's diagnostics.
driver::DriverError fault_of(HandleKind kind, void* handle, Dbms dbms);

}  // namespace sqlbus::odbc
