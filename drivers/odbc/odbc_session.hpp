// A session by an ODBC driver: UTC, ISO dates, READ COMMITTED, strict, text in UTF-8, transactions
// begun explicitly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/ledger_ddl.hpp"
#include "drivers/odbc/link.hpp"
#include "drivers/odbc/statement.hpp"
#include "drivers/odbc/time_limit.hpp"

namespace sqlbus::odbc {

// Options: connection_string, or odbc_driver with server, port and database; username, password,
// connect_timeout (ms), application_name, prepared_statements, idle_in_transaction_timeout (ms).
class OdbcSession {
 public:
  static std::unique_ptr<OdbcSession> connect(const driver::Options& options);
  explicit OdbcSession(const driver::Options& options);

  const char* dbtype() const noexcept { return dbtype_.c_str(); }
  void execute(sqlbus_item& item);
  void execute_group(sqlbus_group& group);

  void begin(sqlbus_access access);
  void commit(std::span<const sqlbus_ledger_row> records);
  void rollback();
  sqlbus_transaction transaction() const noexcept;
  void savepoint(std::uint32_t level);
  void rollback_to_savepoint(std::uint32_t level);

  void reset();
  void cancel() noexcept { link_.cancel(); }
  bool ping();
  void set_statement_timeout(std::uint32_t timeout_ms);
  std::size_t terminate(std::string_view instance);

  static constexpr const char* kLedgerDdl = kAllLedgerDdl.data();
  const char* ledger_ddl() const noexcept;  // this database's; nullptr where none is known
  void ledger_create();
  void ledger_insert(std::span<const sqlbus_ledger_row> rows, std::uint8_t* inserted);
  void ledger_lookup(std::span<const sqlbus_text> ids, const driver::LedgerFound& found);
  bool ledger_reopen(const sqlbus_ledger_row& row);
  std::size_t ledger_prune(std::int64_t older_than_us, std::size_t limit);
  std::int64_t ledger_horizon(std::size_t rows_max);

 private:
  using Values = std::span<const sqlbus_value>;

  void configure();
  void check_size(std::size_t bytes) const;

  std::int64_t run(const sqlbus_item& item, sqlbus_access access);
  std::int64_t run(Statement& statement, Values params, const sqlbus_sink* sink,
                   sqlbus_access access);
  // Statements of our own, always with the same text; their outcome changes no state.
  std::int64_t run_own(std::string_view sql, Values params, const sqlbus_sink* sink = nullptr);
  std::int64_t ask_integer(std::string_view sql, Values params);

  void set_lone_access(sqlbus_access access);
  void set_row_limit(std::size_t rows_max);
  void require_transaction() const;
  bool may_be_stale(const driver::DriverError& fault) const;
  bool guard(StatementText::Kind kind);
  void settle(StatementText::Kind kind, bool is_guarded, bool has_failed);
  std::optional<bool> sees_transaction();

  std::size_t run_set(std::span<sqlbus_item> items, std::size_t& suspects);
  void insert_rows(std::span<const sqlbus_ledger_row> rows);
  void record(const sqlbus_ledger_row& row);
  const LedgerSql& ledger_sql() const;

  Link link_;
  std::string dbtype_;
  std::string application_name_;
  bool prepares_;
  std::uint32_t idle_in_transaction_ms_;
  std::size_t packet_max_ = 0;  // 0: nobody knows
  StatementCache statements_{128};
  StatementCache own_statements_{16};
  std::unordered_set<std::string> single_;  // texts that do not run as a set
  TimeLimit time_limit_;

  bool is_open_ = false;  // what begin() opened, as far as anybody knows
  sqlbus_transaction state_ = SQLBUS_TRANSACTION_NONE;
  sqlbus_access access_ = SQLBUS_READ_WRITE;
  sqlbus_access lone_access_ = SQLBUS_READ_WRITE;  // of statements outside a transaction
  std::size_t row_limit_ = 0;                      // of a query's rows; 0: none
};

}  // namespace sqlbus::odbc
