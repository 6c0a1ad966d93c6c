#include "drivers/postgres/pending_commit.hpp"

#include <libpq-fe.h>

#include <optional>
#include <string_view>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/ledger_params.hpp"

namespace sqlbus::postgres {

using driver::DriverError;

PendingCommit::PendingCommit(Link& link, const std::string& ledger,
                             std::span<const sqlbus_ledger_row> records)
    : link_(link), exchange_(link) {
  if (!records.empty()) {
    const LedgerParams rows(records);
    Params params;
    rows.fill_record(params);
    exchange_.query(("UPDATE " + ledger + LedgerParams::kRecordTail).c_str(), params, false);
  }
  exchange_.query("COMMIT");
  exchange_.sync();
}

void PendingCommit::finish() {
  std::optional<DriverError> fault;
  bool is_committed = false;
  exchange_.read([&](std::size_t, const PGresult* result) {
    const auto status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR) fault = fault_of(link_.raw(), result);
    // The COMMIT of a transaction that has failed is a ROLLBACK, and no error.
    const std::string_view done = PQcmdStatus(const_cast<PGresult*>(result));
    if (status == PGRES_COMMAND_OK && done == "COMMIT") is_committed = true;
  });
  if (fault) throw *fault;
  if (!is_committed) throw DriverError("25P02", "the transaction has failed and was rolled back");
}

}  // namespace sqlbus::postgres
