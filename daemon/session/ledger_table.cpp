#include "daemon/session/ledger_table.hpp"

namespace sqlbus {
namespace {

std::string copy(const sqlbus_text& text) {
  return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

void keep(void* found, const sqlbus_ledger_row* row) noexcept {
  static_cast<std::vector<LedgerRow>*>(found)->push_back({copy(row->id), row->digest,
                                                          row->applied_at_us, copy(row->sqlstate),
                                                          copy(row->message), copy(row->answer)});
}

}  // namespace

MaybeFault LedgerTable::create() {
  sqlbus_error error{};
  return fault_of(table().create(session_.raw(), &error), error);
}

MaybeFault LedgerTable::insert(std::span<const LedgerRow> rows,
                               std::vector<std::uint8_t>* inserted) {
  std::vector<sqlbus_ledger_row> borrowed;
  borrowed.reserve(rows.size());
  for (const auto& row : rows) borrowed.push_back(borrow(row));
  if (inserted != nullptr) inserted->assign(rows.size(), 0);
  sqlbus_error error{};
  return fault_of(table().insert(session_.raw(), borrowed.data(), borrowed.size(),
                                 inserted == nullptr ? nullptr : inserted->data(), &error),
                  error);
}

MaybeFault LedgerTable::lookup(std::span<const std::string> ids, std::vector<LedgerRow>& found) {
  std::vector<sqlbus_text> borrowed;
  borrowed.reserve(ids.size());
  for (const auto& id : ids) borrowed.push_back({id.data(), id.size()});
  sqlbus_error error{};
  return fault_of(
      table().lookup(session_.raw(), borrowed.data(), borrowed.size(), &found, keep, &error),
      error);
}

MaybeFault LedgerTable::reopen(const LedgerRow& row, bool& is_reopened) {
  sqlbus_error error{};
  std::uint8_t reopened = 0;
  const auto borrowed = borrow(row);
  auto fault = fault_of(table().reopen(session_.raw(), &borrowed, &reopened, &error), error);
  is_reopened = reopened != 0;
  return fault;
}

MaybeFault LedgerTable::prune(std::int64_t older_than_us, std::size_t limit, std::size_t& removed) {
  sqlbus_error error{};
  removed = 0;
  return fault_of(table().prune(session_.raw(), older_than_us, limit, &removed, &error), error);
}

MaybeFault LedgerTable::horizon(std::size_t rows_max, std::int64_t& applied_at_us) {
  sqlbus_error error{};
  applied_at_us = 0;
  return fault_of(table().horizon(session_.raw(), rows_max, &applied_at_us, &error), error);
}

}  // namespace sqlbus
