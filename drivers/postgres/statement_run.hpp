// Runs a caller's statement by itself, by libpq: libpqxx has no mode that hands rows over while
// they arrive, and a result of any size must not cost memory. docs/decisions tells the choice.
#pragma once

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/answer.hpp"
#include "drivers/postgres/link.hpp"
#include "drivers/postgres/prepared_statements.hpp"

namespace sqlbus::postgres {

// Throws DriverError. may_cut: a statement that cannot write is cancelled once the sink has
// enough; any other one runs to its end.
Answer run_statement(Link& link, PreparedStatements& prepared, const sqlbus_statement& statement,
                     const sqlbus_sink* sink, bool may_cut);

// Throws what cannot be sent: libpq would cut the text at a NUL, which makes it another statement.
void check_statement(const sqlbus_statement& statement);

// The same fault as one of the driver's own.
driver::DriverError again(const driver::DriverError& fault);

}  // namespace sqlbus::postgres
