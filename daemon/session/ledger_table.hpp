// The table sqlbus_ledger of a session's database: which requests have been applied or have failed
// there, each in the same transaction as its effect. Lane thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/session/ledger_row.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {

// The functions are those of sqlbus_ledger in drivers/sqlbus_driver.h.
class LedgerTable {
 public:
  explicit LedgerTable(Session& session) : session_(session) {}

  bool is_supported() const { return session_.driver().ledger != nullptr; }
  MaybeFault create();
  // `inserted` null: a row that exists is SQLSTATE 23505.
  MaybeFault insert(std::span<const LedgerRow> rows, std::vector<std::uint8_t>* inserted);
  // In no order; of an id that has no row there is none.
  MaybeFault lookup(std::span<const std::string> ids, std::vector<LedgerRow>& found);
  MaybeFault reopen(const LedgerRow& row, bool& is_reopened);
  MaybeFault prune(std::int64_t older_than_us, std::size_t limit, std::size_t& removed);
  MaybeFault horizon(std::size_t rows_max, std::int64_t& applied_at_us);

 private:
  const sqlbus_ledger& table() const { return *session_.driver().ledger; }

  Session& session_;
};

}  // namespace sqlbus
