// A row of the table sqlbus_ledger: what became of a request.
#pragma once

#include <cstdint>
#include <string>

#include "drivers/sqlbus_driver.h"

namespace sqlbus {

struct LedgerRow {
  std::string id;  // ledger_id_of() the UUID
  std::uint64_t digest = 0;
  std::int64_t applied_at_us = 0;  // since 1970
  std::string sqlstate{};          // empty: applied; else the failure that is remembered
  std::string message{};
  std::string answer{};  // of encode_answer(), empty where none is kept

  bool is_failure() const { return !sqlstate.empty(); }
};

// As a driver sees it; borrows all texts.
inline sqlbus_ledger_row borrow(const LedgerRow& row) {
  return {{row.id.data(), row.id.size()},
          row.digest,
          row.applied_at_us,
          {row.sqlstate.data(), row.sqlstate.size()},
          {row.message.data(), row.message.size()},
          {row.answer.data(), row.answer.size()}};
}

}  // namespace sqlbus
