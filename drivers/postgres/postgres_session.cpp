#include "drivers/postgres/postgres_session.hpp"

#include <libpq-fe.h>

#include <string>

#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/pqxx_compat.h"
#include "drivers/postgres/statement_run.hpp"

namespace sqlbus::postgres {

using driver::DriverError;

namespace {

// What the meaning of a request must not depend on, whatever the server's or role's defaults.
constexpr const char* kSettings =
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; "
    "SET bytea_output = 'hex'; SET extra_float_digits = 1; SET standard_conforming_strings = on; "
    "SET client_encoding = 'UTF8'; SET default_transaction_isolation = 'read committed'; "
    "SET default_transaction_deferrable = off; SET default_transaction_read_only = on";

}  // namespace

std::unique_ptr<PostgresSession> PostgresSession::connect(const driver::Options& options) {
  return std::make_unique<PostgresSession>(options);
}

PostgresSession::PostgresSession(const driver::Options& options)
    : link_(options),
      prepared_(options.text("prepared_statements") != "no"),
      shapes_(link_),
      idle_in_transaction_ms_(options.number("idle_in_transaction_timeout", 0)) {
  try {
    configure();
  } catch (const DriverError& e) {
    throw DriverError(SQLBUS_CONNECTION, e.sqlstate(), e.what());
  }
}

void PostgresSession::configure() {
  // A client that has stopped in the middle of a transaction would keep its locks for ever.
  const auto limit =
      "; SET idle_in_transaction_session_timeout = " + std::to_string(idle_in_transaction_ms_);
  link_.command((kSettings + limit).c_str());
  lone_access_ = SQLBUS_READS_ONLY;
}

void PostgresSession::execute(sqlbus_item& item) {
  const bool is_lone = !is_open_;
  const auto access = is_lone ? static_cast<sqlbus_access>(item.access) : access_;
  if (is_lone) set_lone_access(access);
  const bool may_cut = access == SQLBUS_READS_ONLY;
  if (is_lone) deallocate();
  const auto answer = run_statement(link_, prepared_, item.statement, item.sink, may_cut);
  item.affected = answer.affected();
  if (answer.ended_transaction()) is_open_ = false;
  if (answer.changed_schema()) prepared_.give_up_all();
  if (answer.was_cut() && !is_lone && link_.transaction() == SQLBUS_TRANSACTION_FAILED) {
    // The driver's own cancel ended the transaction. One that only reads, and is READ COMMITTED,
    // has no state that a new one lacks.
    link_.command("ROLLBACK; BEGIN READ ONLY");
  }
}

// Only what reads by itself, in a session that stands at that already.
void PostgresSession::start(sqlbus_item& item) {
  stepped_.reset();
  if (is_open_ || item.access != SQLBUS_READS_ONLY || lone_access_ != SQLBUS_READS_ONLY) {
    throw DriverError(SQLBUS_UNSUPPORTED, "0A000", "only a query by itself can be run in steps");
  }
  stepped_.emplace(link_, prepared_, item);
}

bool PostgresSession::step(std::uint32_t& wants) { return stepped_->step(wants); }

void PostgresSession::execute_group(sqlbus_group& group) {
  if (group.begins == 0) require_transaction();
  if (group.begins != 0 && is_open_ && !commit_)
    throw DriverError("25001", "a transaction is open");
  GroupRun run({link_, prepared_, shapes_, ledger_, commit_}, group);
  try {
    run.run();
  } catch (...) {
    note(run, group);
    throw;
  }
  note(run, group);
}

void PostgresSession::note(const GroupRun& run, const sqlbus_group& group) {
  if (commit_) end_commit();
  if (group.begins != 0 && group.failed_step != SQLBUS_GROUP_COMMIT) {
    is_open_ = run.has_begun();
    access_ = SQLBUS_READ_WRITE;
  }
  if (run.ended_transaction()) is_open_ = false;
}

// Outside a transaction, which an error would end.
void PostgresSession::deallocate() {
  for (const auto& name : prepared_.take_given_up()) link_.deallocate(name);
}

// A statement by itself is its own transaction, whose access is the session's default. Most are
// reads, so the default stays as it was last and costs nothing.
void PostgresSession::set_lone_access(sqlbus_access access) {
  if (access == lone_access_) return;
  link_.command(access == SQLBUS_READS_ONLY ? "SET default_transaction_read_only = on"
                                            : "SET default_transaction_read_only = off");
  lone_access_ = access;
}

void PostgresSession::begin(sqlbus_access access) {
  if (is_open_) throw DriverError("25001", "a transaction is open");
  link_.command(access == SQLBUS_READS_ONLY ? "BEGIN READ ONLY" : "BEGIN READ WRITE");
  is_open_ = true;
  access_ = access;
}

void PostgresSession::commit(std::span<const sqlbus_ledger_row> records) {
  commit_start(records);
  commit_finish();
}

void PostgresSession::commit_start(std::span<const sqlbus_ledger_row> records) {
  require_transaction();
  if (link_.transaction() == SQLBUS_TRANSACTION_FAILED) {
    // COMMIT would roll back and call that a success.
    throw DriverError("25P02", "the transaction has failed, it can only be rolled back");
  }
  commit_.emplace(link_, ledger_, records);
}

void PostgresSession::commit_finish() {
  if (!commit_) throw DriverError("25P01", "no commit is under way");
  try {
    commit_->finish();
  } catch (...) {
    end_commit();
    throw;
  }
  end_commit();
}

// Whatever ran behind it is through as well.
void PostgresSession::end_commit() {
  commit_.reset();
  is_open_ = link_.transaction() != SQLBUS_TRANSACTION_NONE;
}

void PostgresSession::rollback() {
  is_open_ = false;
  if (link_.transaction() != SQLBUS_TRANSACTION_NONE) link_.command("ROLLBACK");
}

sqlbus_transaction PostgresSession::transaction() const noexcept {
  const auto state = link_.transaction();
  if (!link_.is_alive()) return SQLBUS_TRANSACTION_LOST;
  const bool is_foreign = !is_open_ && state != SQLBUS_TRANSACTION_NONE;
  return is_foreign && state != SQLBUS_TRANSACTION_LOST ? SQLBUS_TRANSACTION_FOREIGN : state;
}

void PostgresSession::savepoint(std::uint32_t level) {
  require_transaction();
  link_.command(level == 0 ? "SAVEPOINT sqlbus_0" : "SAVEPOINT sqlbus_1");
}

void PostgresSession::rollback_to_savepoint(std::uint32_t level) {
  require_transaction();
  link_.command(level == 0 ? "ROLLBACK TO SAVEPOINT sqlbus_0" : "ROLLBACK TO SAVEPOINT sqlbus_1");
}

void PostgresSession::require_transaction() const {
  const auto state = transaction();
  if (state == SQLBUS_TRANSACTION_LOST) throw DriverError("08003", "the connection is lost");
  if (state == SQLBUS_TRANSACTION_NONE || state == SQLBUS_TRANSACTION_FOREIGN) {
    throw DriverError("25P01", "the transaction is over");
  }
}

void PostgresSession::reset() {
  rollback();
  link_.command("DISCARD ALL");  // refuses company, so the settings are a second trip
  prepared_.clear();
  shapes_.clear();
  configure();
}

bool PostgresSession::ping() {
  bool is_writable = false;
  link_.query([&](pqxx::transaction_base& transaction) {
    is_writable = ask(transaction, "SELECT NOT pg_is_in_recovery()")[0][0].as<bool>();
  });
  return is_writable;
}

void PostgresSession::set_statement_timeout(std::uint32_t timeout_ms) {
  link_.command(("SET statement_timeout = " + std::to_string(timeout_ms)).c_str());
}

// The server cuts application_name at 63 bytes, so an instance's id has to leave room.
std::size_t PostgresSession::terminate(std::string_view instance) {
  std::size_t ended = 0;
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result = ask(transaction,
                            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) "
                            "FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                            "AND starts_with(application_name, $1)",
                            "sqlbus:" + std::string(instance) + ":");
    ended = result[0][0].as<std::size_t>();
  });
  return ended;
}

}  // namespace sqlbus::postgres
