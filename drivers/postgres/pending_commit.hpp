// A COMMIT on its way, with what the ledger is told before it.
#pragma once

#include <span>
#include <string>

#include "drivers/postgres/exchange.hpp"

namespace sqlbus::postgres {

class PendingCommit {
 public:
  // Sends it. `ledger`: the name of its table.
  PendingCommit(Link& link, const std::string& ledger, std::span<const sqlbus_ledger_row> records);

  // What is sent with it runs behind it, whatever has become of it.
  Exchange& exchange() { return exchange_; }
  // Waits for its outcome. Throws DriverError where it failed.
  void finish();

 private:
  Link& link_;
  Exchange exchange_;
};

}  // namespace sqlbus::postgres
