// Runs a caller's statement by libpq itself: libpqxx has no mode that hands rows over while they
// arrive, and a result of any size must not cost memory. docs/decisions tells the choice.
#pragma once

#include <cstdint>

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/link.hpp"

namespace sqlbus::postgres {

struct RunOutcome {
  std::int64_t affected = 0;
  bool ended_transaction = false;  // the statement was a COMMIT or ROLLBACK of any kind
  bool was_cut = false;            // cancelled by the driver, as nobody wanted the other rows
};

// Throws DriverError. may_cut: a statement that cannot write is cancelled once the sink has
// enough; any other one runs to its end.
RunOutcome run_statement(Link& link, const sqlbus_statement& statement, const sqlbus_sink* sink,
                         bool may_cut);

}  // namespace sqlbus::postgres
