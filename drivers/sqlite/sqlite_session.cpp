#include "drivers/sqlite/sqlite_session.hpp"

#include <sqlite3.h>

#include <string>

#include "drivers/sqlite/fault.hpp"

namespace sqlbus::sqlite {

using driver::DriverError;

namespace {
constexpr std::uint32_t kBusyTimeoutMs = 5000;
}

std::unique_ptr<SqliteSession> SqliteSession::connect(const driver::Options& options) {
  Database::Settings settings;
  settings.path = options.text("database");
  settings.busy_timeout = std::chrono::milliseconds(options.number("busy_timeout", kBusyTimeoutMs));
  // SQLite would take it for a temporary database of this connection alone.
  if (settings.path.empty()) {
    throw DriverError("08001", "option database is empty: it names the file");
  }
  return std::make_unique<SqliteSession>(std::move(settings));
}

void SqliteSession::execute(sqlbus_item& item) {
  item.affected = run(item, is_open_ ? access_ : static_cast<sqlbus_access>(item.access));
}

void SqliteSession::execute_group(sqlbus_group& group) {
  if (group.begins != 0) {
    begin(SQLBUS_READ_WRITE);
  } else {
    require_transaction();
  }
  group.failed_step = SQLBUS_GROUP_LEDGER;
  ledger_insert({group.rows, group.row_count}, nullptr);
  group.failed_step = SQLBUS_GROUP_ITEMS;
  group.suspects = 1;
  for (auto& item : std::span(group.items, group.item_count)) {
    if ((item.flags & SQLBUS_ITEM_SAVEPOINT) != 0) savepoint(0);
    item.affected = run(item, access_);
    ++group.completed;
    // What a statement has ended is not gone on with.
    if (!is_open_) return;
  }
}

std::int64_t SqliteSession::run(std::string_view sql, std::span<const sqlbus_value> params,
                                const sqlbus_sink* sink, sqlbus_access access) {
  database_.start_clock();
  try {
    auto& cache = params.empty() ? bare_statements_ : statements_;
    auto& statement = cache.get(database_.get(), sql);
    if (access == SQLBUS_READS_ONLY && !statement.only_reads()) {
      throw DriverError("25006", "cannot write in a read-only transaction");
    }
    const auto changed = statement.run(params, sink);
    is_open_ = transaction() == SQLBUS_TRANSACTION_OPEN;
    return changed;
  } catch (const DriverError& e) {
    is_open_ = transaction() == SQLBUS_TRANSACTION_OPEN;
    // A wait for a lock that was cancelled says "busy".
    if (e.error_class() == SQLBUS_TRANSIENT && database_.is_over()) {
      throw DriverError("57014", "cancelled while waiting for a lock", e.native_code());
    }
    throw;
  }
}

void SqliteSession::begin(sqlbus_access access) {
  if (is_open_) throw DriverError("25001", "a transaction is open");
  // A transaction that reads first and then writes fails at once while another one writes, so a
  // writing one takes the lock at its begin.
  run(access == SQLBUS_READS_ONLY ? "BEGIN" : "BEGIN IMMEDIATE");
  is_open_ = true;
  access_ = access;
}

void SqliteSession::commit(std::span<const sqlbus_ledger_row> records) {
  require_transaction();
  for (const auto& row : records) record(row);
  run("COMMIT");
}

void SqliteSession::rollback() {
  if (sqlite3_get_autocommit(database_.get()) == 0) run("ROLLBACK");
  is_open_ = false;
}

sqlbus_transaction SqliteSession::transaction() const noexcept {
  if (sqlite3_get_autocommit(database_.get()) != 0) return SQLBUS_TRANSACTION_NONE;
  return is_open_ ? SQLBUS_TRANSACTION_OPEN : SQLBUS_TRANSACTION_FOREIGN;
}

void SqliteSession::savepoint(std::uint32_t level) {
  require_transaction();
  run(level == 0 ? "SAVEPOINT sqlbus_0" : "SAVEPOINT sqlbus_1");
}

void SqliteSession::rollback_to_savepoint(std::uint32_t level) {
  require_transaction();
  run(level == 0 ? "ROLLBACK TO SAVEPOINT sqlbus_0" : "ROLLBACK TO SAVEPOINT sqlbus_1");
}

void SqliteSession::require_transaction() const {
  if (transaction() != SQLBUS_TRANSACTION_OPEN) {
    throw DriverError("25P01", "the transaction is over");
  }
}

void SqliteSession::reset() {
  rollback();
  statements_.clear();
  bare_statements_.clear();
  if (!database_.is_in_memory()) database_.reopen();
  database_.set_time_limit(std::chrono::milliseconds{0});
}

bool SqliteSession::ping() {
  run("PRAGMA schema_version");
  return sqlite3_db_readonly(database_.get(), "main") == 0;
}

void SqliteSession::set_statement_timeout(std::uint32_t timeout_ms) {
  database_.set_time_limit(std::chrono::milliseconds(timeout_ms));
}

}  // namespace sqlbus::sqlite
