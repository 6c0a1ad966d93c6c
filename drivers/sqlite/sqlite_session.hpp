// A session on an SQLite file: WAL, synchronous = FULL, foreign keys checked, one writer at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "drivers/driver_kit.hpp"
#include "drivers/sqlite/database.hpp"
#include "drivers/sqlite/statement.hpp"

namespace sqlbus::sqlite {

// Options: database (path of the file), busy_timeout (longest wait for another writer, ms).
class SqliteSession {
 public:
  static std::unique_ptr<SqliteSession> connect(const driver::Options& options);
  explicit SqliteSession(Database::Settings settings) : database_(std::move(settings)) {}

  const char* dbtype() const noexcept { return "SQLITE"; }
  void execute(sqlbus_item& item);
  void execute_group(sqlbus_group& group);

  void begin(sqlbus_access access);
  void commit(std::span<const sqlbus_ledger_row> records);
  void rollback();
  sqlbus_transaction transaction() const noexcept;
  void savepoint(std::uint32_t level);
  void rollback_to_savepoint(std::uint32_t level);

  void reset();
  void cancel() noexcept { database_.cancel(); }
  bool ping();
  void set_statement_timeout(std::uint32_t timeout_ms);

  static constexpr int kLedgerVersion = 1;
  static constexpr const char* kLedgerDdl =
      "CREATE TABLE IF NOT EXISTS sqlbus_ledger (id BLOB PRIMARY KEY, digest INTEGER NOT NULL, "
      "applied_at INTEGER NOT NULL, sqlstate TEXT NOT NULL, message TEXT NOT NULL, "
      "answer TEXT NOT NULL) WITHOUT ROWID;\n"
      "CREATE INDEX IF NOT EXISTS sqlbus_ledger_applied_at ON sqlbus_ledger (applied_at);\n"
      "CREATE TABLE IF NOT EXISTS sqlbus_ledger_version (version INTEGER NOT NULL);\n"
      "INSERT INTO sqlbus_ledger_version SELECT 1 "
      "WHERE NOT EXISTS (SELECT * FROM sqlbus_ledger_version)";
  void ledger_create();
  void ledger_insert(std::span<const sqlbus_ledger_row> rows, std::uint8_t* inserted);
  void ledger_lookup(std::span<const sqlbus_text> ids, const driver::LedgerFound& found);
  bool ledger_reopen(const sqlbus_ledger_row& row);
  std::size_t ledger_prune(std::int64_t older_than_us, std::size_t limit);
  std::int64_t ledger_horizon(std::size_t rows_max);

 private:
  std::int64_t run(const sqlbus_item& item, sqlbus_access access) {
    return run(driver::view_of(item.statement.sql),
               {item.statement.params, item.statement.param_count}, item.sink, access);
  }
  std::int64_t run(std::string_view sql, std::span<const sqlbus_value> params,
                   const sqlbus_sink* sink, sqlbus_access access);
  std::int64_t run(std::string_view sql, std::span<const sqlbus_value> params = {},
                   const sqlbus_sink* sink = nullptr) {
    return run(sql, params, sink, SQLBUS_READ_WRITE);
  }
  std::int64_t ask_integer(std::string_view sql, std::span<const sqlbus_value> params);
  void require_transaction() const;
  void record(const sqlbus_ledger_row& row);
  std::size_t insert_bare(std::span<const sqlbus_ledger_row> rows);

  Database database_;
  // They end before the database. A text without parameters hardly comes again, and does not drive
  // out those that do.
  StatementCache statements_{{128, Statement::Life::kLong}};
  StatementCache bare_statements_{{8, Statement::Life::kShort}};
  // What begin() opened. SQLite may end it by itself (ON CONFLICT ROLLBACK, a full disk).
  bool is_open_ = false;
  sqlbus_access access_ = SQLBUS_READ_WRITE;
};

}  // namespace sqlbus::sqlite
