// Turns a session class into the table of C functions. No exception passes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../sqlbus_driver.h"
#include "driver_error.hpp"
#include "options.hpp"
#include "session.hpp"

namespace sqlbus::driver {

// The texts live as long as the driver.
struct DriverInfo {
  const char* name;
  const char* version;
  std::uint64_t capabilities = 0;
};

// The C functions of one session class: each finds the object behind the handle and calls it.
template <Session S>
struct Functions {
  static S& of(sqlbus_session* session) { return *reinterpret_cast<S*>(session); }

  static int connect(const sqlbus_option* options, std::size_t count, sqlbus_session** session,
                     sqlbus_error* error) {
    return guarded(error, [&] {
      auto made = S::connect(Options({options, count}));
      *session = reinterpret_cast<sqlbus_session*>(made.release());
    });
  }
  static void close(sqlbus_session* session) {
    guarded(nullptr, [&] { std::unique_ptr<S>{&of(session)}.reset(); });
  }
  static const char* dbtype(sqlbus_session* session) { return of(session).dbtype(); }

  static int execute(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
    return guarded(error, [&] { of(session).execute(*item); });
  }
  static int execute_group(sqlbus_session* session, sqlbus_group* group, sqlbus_error* error) {
    group->failed_step = SQLBUS_GROUP_BEGIN;
    group->completed = 0;
    group->suspects = 0;
    return guarded(error, [&] { of(session).execute_group(*group); });
  }

  static int begin(sqlbus_session* session, std::uint32_t access, sqlbus_error* error) {
    return guarded(error, [&] { of(session).begin(static_cast<sqlbus_access>(access)); });
  }
  static int commit(sqlbus_session* session, const sqlbus_ledger_row* records, std::size_t count,
                    sqlbus_error* error) {
    return guarded(error, [&] { of(session).commit({records, count}); });
  }
  static int commit_start(sqlbus_session* session, const sqlbus_ledger_row* records,
                          std::size_t count, sqlbus_error* error) {
    return guarded(error, [&] { of(session).commit_start({records, count}); });
  }
  static int commit_finish(sqlbus_session* session, sqlbus_error* error) {
    return guarded(error, [&] { of(session).commit_finish(); });
  }
  static int rollback(sqlbus_session* session, sqlbus_error* error) {
    return guarded(error, [&] { of(session).rollback(); });
  }
  static int transaction(sqlbus_session* session) { return of(session).transaction(); }
  static int savepoint(sqlbus_session* session, std::uint32_t level, sqlbus_error* error) {
    return guarded(error, [&] { of(session).savepoint(level); });
  }
  static int rollback_to_savepoint(sqlbus_session* session, std::uint32_t level,
                                   sqlbus_error* error) {
    return guarded(error, [&] { of(session).rollback_to_savepoint(level); });
  }

  static int reset(sqlbus_session* session, sqlbus_error* error) {
    return guarded(error, [&] { of(session).reset(); });
  }
  static void cancel(sqlbus_session* session) { of(session).cancel(); }
  static int ping(sqlbus_session* session, int* is_writable, sqlbus_error* error) {
    return guarded(error, [&] { *is_writable = of(session).ping() ? 1 : 0; });
  }

  static int set_statement_timeout(sqlbus_session* session, std::uint32_t timeout_ms,
                                   sqlbus_error* error) {
    return guarded(error, [&] { of(session).set_statement_timeout(timeout_ms); });
  }
  static int terminate(sqlbus_session* session, sqlbus_text instance, std::size_t* ended,
                       sqlbus_error* error) {
    return guarded(error, [&] { *ended = of(session).terminate(view_of(instance)); });
  }

  static int socket(sqlbus_session* session) { return of(session).socket(); }
  static int start(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
    return guarded(error, [&] { of(session).start(*item); });
  }
  static int step(sqlbus_session* session, std::uint32_t* wants, sqlbus_error* error) {
    bool is_done = false;
    const int cls = guarded(error, [&] { is_done = of(session).step(*wants); });
    return cls == SQLBUS_OK && !is_done ? int{SQLBUS_PENDING} : cls;
  }
};

template <Session S>
struct LedgerFunctions {
  static S& of(sqlbus_session* session) { return *reinterpret_cast<S*>(session); }

  static const char* ddl_of(sqlbus_session* session) requires TellsLedgerDdl<S> {
    return of(session).ledger_ddl();
  }
  static int create(sqlbus_session* session, sqlbus_error* error) {
    return guarded(error, [&] { of(session).ledger_create(); });
  }
  static int insert(sqlbus_session* session, const sqlbus_ledger_row* rows, std::size_t count,
                    std::uint8_t* inserted, sqlbus_error* error) {
    return guarded(error, [&] { of(session).ledger_insert({rows, count}, inserted); });
  }
  static int lookup(sqlbus_session* session, const sqlbus_text* ids, std::size_t count,
                    void* context, void (*found)(void*, const sqlbus_ledger_row*),
                    sqlbus_error* error) {
    return guarded(error, [&] {
      of(session).ledger_lookup({ids, count},
                                [&](const sqlbus_ledger_row& row) { found(context, &row); });
    });
  }
  static int reopen(sqlbus_session* session, const sqlbus_ledger_row* row, std::uint8_t* reopened,
                    sqlbus_error* error) {
    return guarded(error, [&] { *reopened = of(session).ledger_reopen(*row) ? 1 : 0; });
  }
  static int prune(sqlbus_session* session, std::int64_t older_than_us, std::size_t limit,
                   std::size_t* removed, sqlbus_error* error) {
    return guarded(error, [&] { *removed = of(session).ledger_prune(older_than_us, limit); });
  }
  static int horizon(sqlbus_session* session, std::size_t rows_max, std::int64_t* applied_at_us,
                     sqlbus_error* error) {
    return guarded(error, [&] { *applied_at_us = of(session).ledger_horizon(rows_max); });
  }

  static constexpr sqlbus_ledger table() {
    sqlbus_ledger table{.ddl = S::kLedgerDdl,
                        .create = create,
                        .insert = insert,
                        .lookup = lookup,
                        .reopen = reopen,
                        .prune = prune,
                        .horizon = horizon,
                        .ddl_of = nullptr};
    if constexpr (TellsLedgerDdl<S>) table.ddl_of = ddl_of;
    return table;
  }
};

template <Session S>
sqlbus_driver make_table(const DriverInfo& info) {
  using F = Functions<S>;
  sqlbus_driver table{};
  table.abi_version = SQLBUS_DRIVER_ABI_VERSION;
  table.struct_size = sizeof table;
  table.name = info.name;
  table.version = info.version;
  table.capabilities = info.capabilities;
  table.connect = F::connect;
  table.close = F::close;
  table.dbtype = F::dbtype;
  table.execute = F::execute;
  table.begin = F::begin;
  table.commit = F::commit;
  table.rollback = F::rollback;
  table.transaction = F::transaction;
  table.savepoint = F::savepoint;
  table.rollback_to_savepoint = F::rollback_to_savepoint;
  table.reset = F::reset;
  table.cancel = F::cancel;
  table.ping = F::ping;
  if constexpr (ExecutesGroups<S>) table.execute_group = F::execute_group;
  if constexpr (StartsCommits<S>) {
    table.commit_start = F::commit_start;
    table.commit_finish = F::commit_finish;
  }
  if constexpr (LimitsTime<S>) table.set_statement_timeout = F::set_statement_timeout;
  if constexpr (EndsSessions<S>) table.terminate = F::terminate;
  if constexpr (KeepsLedger<S>) {
    static constexpr sqlbus_ledger kLedger = LedgerFunctions<S>::table();
    table.ledger = &kLedger;
  }
  if constexpr (Steps<S>) {
    table.socket = F::socket;
    table.start = F::start;
    table.step = F::step;
  }
  return table;
}

}  // namespace sqlbus::driver
