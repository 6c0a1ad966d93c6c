// A session on a PostgreSQL server: UTC, ISO dates, READ COMMITTED, read-only while it idles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/group_run.hpp"
#include "drivers/postgres/insert_shapes.hpp"
#include "drivers/postgres/link.hpp"
#include "drivers/postgres/pending_commit.hpp"
#include "drivers/postgres/prepared_statements.hpp"
#include "drivers/postgres/stepped_statement.hpp"

namespace sqlbus::postgres {

// Options: server (host, or folder of the socket), port, username, password, database,
// connect_timeout (ms), application_name, idle_in_transaction_timeout (ms, 0: none).
class PostgresSession {
 public:
  static std::unique_ptr<PostgresSession> connect(const driver::Options& options);
  explicit PostgresSession(const driver::Options& options);

  const char* dbtype() const noexcept { return "POSTGRESQL"; }
  void execute(sqlbus_item& item);
  void execute_group(sqlbus_group& group);

  int socket() const noexcept { return link_.socket(); }
  void start(sqlbus_item& item);
  bool step(std::uint32_t& wants);

  void begin(sqlbus_access access);
  void commit(std::span<const sqlbus_ledger_row> records);
  void commit_start(std::span<const sqlbus_ledger_row> records);
  void commit_finish();
  void rollback();
  sqlbus_transaction transaction() const noexcept;
  void savepoint(std::uint32_t level);
  void rollback_to_savepoint(std::uint32_t level);

  void reset();
  void cancel() noexcept { link_.cancel(); }
  bool ping();
  void set_statement_timeout(std::uint32_t timeout_ms);
  std::size_t terminate(std::string_view instance);

  static constexpr const char* kLedgerDdl =
      "CREATE TABLE IF NOT EXISTS sqlbus_ledger (id bytea PRIMARY KEY, "
      "digest bigint NOT NULL, applied_at bigint NOT NULL, sqlstate text NOT NULL, "
      "message text NOT NULL, answer text NOT NULL);\n"
      "CREATE INDEX IF NOT EXISTS sqlbus_ledger_applied_at ON sqlbus_ledger (applied_at);\n"
      "CREATE TABLE IF NOT EXISTS sqlbus_ledger_version (version integer NOT NULL);\n"
      "INSERT INTO sqlbus_ledger_version SELECT 1 "
      "WHERE NOT EXISTS (SELECT * FROM sqlbus_ledger_version)";
  void ledger_create();
  void ledger_insert(std::span<const sqlbus_ledger_row> rows, std::uint8_t* inserted);
  void ledger_lookup(std::span<const sqlbus_text> ids, const driver::LedgerFound& found);
  bool ledger_reopen(const sqlbus_ledger_row& row);
  std::size_t ledger_prune(std::int64_t older_than_us, std::size_t limit);
  std::int64_t ledger_horizon(std::size_t rows_max);

 private:
  void configure();
  void make_ledger();
  void note(const GroupRun& run, const sqlbus_group& group);
  void end_commit();
  void deallocate();
  void set_lone_access(sqlbus_access access);
  void require_transaction() const;

  Link link_;
  PreparedStatements prepared_;
  InsertShapes shapes_;
  std::optional<SteppedStatement> stepped_;
  std::optional<PendingCommit> commit_;
  std::uint32_t idle_in_transaction_ms_;
  std::string ledger_ = "sqlbus_ledger";  // with its schema, once ledger_create() has found it
  bool is_open_ = false;                  // what begin() opened
  sqlbus_access access_ = SQLBUS_READ_WRITE;
  sqlbus_access lone_access_ = SQLBUS_READS_ONLY;  // of statements outside a transaction
};

}  // namespace sqlbus::postgres
