// What a driver's session class looks like. Its members throw DriverError where they fail; the
// meaning of each is that of the function of the same name in drivers/sqlbus_driver.h.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "../sqlbus_driver.h"
#include "options.hpp"

namespace sqlbus::driver {

template <typename S>
concept Session = requires(S session, const Options& options, sqlbus_item& item,
                           sqlbus_access access, std::uint32_t level,
                           std::span<const sqlbus_ledger_row> records) {
  { S::connect(options) } -> std::same_as<std::unique_ptr<S>>;
  { session.dbtype() }
  noexcept->std::same_as<const char*>;
  session.execute(item);
  session.begin(access);
  session.commit(records);  // a driver without ledger gets none
  session.rollback();
  { session.transaction() }
  noexcept->std::same_as<sqlbus_transaction>;
  session.savepoint(level);
  session.rollback_to_savepoint(level);
  session.reset();
  { session.cancel() }
  noexcept;
  { session.ping() } -> std::same_as<bool>;  // whether the server takes writes
};

// The optional parts: a class without them gets NULL in their places of the table.

template <typename S>
concept ExecutesGroups = requires(S session, sqlbus_group& group) {
  session.execute_group(group);  // where it throws it has set failed_step, completed and suspects
};

template <typename S>
concept StartsCommits = requires(S session, std::span<const sqlbus_ledger_row> records) {
  session.commit_start(records);
  session.commit_finish();
};

template <typename S>
concept LimitsTime = requires(S session, std::uint32_t timeout_ms) {
  session.set_statement_timeout(timeout_ms);
};

template <typename S>
concept EndsSessions = requires(S session, std::string_view instance) {
  { session.terminate(instance) } -> std::same_as<std::size_t>;
};

template <typename S>
concept Steps = requires(S session, sqlbus_item& item, std::uint32_t& wants) {
  { session.socket() }
  noexcept->std::same_as<int>;
  session.start(item);
  { session.step(wants) } -> std::same_as<bool>;  // whether the statement is done
};

using LedgerFound = std::function<void(const sqlbus_ledger_row&)>;

template <typename S>
concept KeepsLedger = requires(S session, std::span<const sqlbus_ledger_row> rows,
                               const sqlbus_ledger_row& row, std::span<const sqlbus_text> ids,
                               std::uint8_t* inserted, const LedgerFound& found,
                               std::int64_t older_than_us, std::size_t limit) {
  { S::kLedgerDdl } -> std::convertible_to<const char*>;
  session.ledger_create();
  session.ledger_insert(rows, inserted);
  session.ledger_lookup(ids, found);
  { session.ledger_reopen(row) } -> std::same_as<bool>;
  { session.ledger_prune(older_than_us, limit) } -> std::same_as<std::size_t>;
  { session.ledger_horizon(limit) } -> std::same_as<std::int64_t>;
};

// Of a driver whose databases differ in the statements.
template <typename S>
concept TellsLedgerDdl = requires(const S session) {
  { session.ledger_ddl() }
  noexcept->std::same_as<const char*>;
};

}  // namespace sqlbus::driver
