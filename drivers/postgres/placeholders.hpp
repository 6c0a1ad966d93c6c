// Whether a statement's parameters match its placeholders, as far as the server does not say so.
#pragma once

#include "drivers/driver_kit.hpp"

namespace sqlbus::postgres {

// The server takes a parameter whose type it is told for granted: throws 07001 where one of these
// stands nowhere in the statement.
void check_typed(const sqlbus_statement& statement);

// Whether this fault of the server says that there are too many or too few.
bool is_param_count(const driver::DriverError& fault, const sqlbus_statement& statement);

}  // namespace sqlbus::postgres
