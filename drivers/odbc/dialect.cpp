#include "drivers/odbc/dialect.hpp"

#include <algorithm>
#include <cctype>

#include "drivers/odbc/ledger_ddl.hpp"

namespace sqlbus::odbc {
namespace {

// Strict, whatever the server's default: what does not fit is refused, never cut.
constexpr const char* kMariaDbSettings =
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', "
    "tx_isolation = 'READ-COMMITTED', completion_type = 'NO_CHAIN', autocommit = 1, "
    "sql_auto_is_null = 0, sql_safe_updates = 0, sql_select_limit = DEFAULT";

constexpr const char* kMySqlSettings =
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', transaction_isolation = 'READ-COMMITTED', "
    "completion_type = 'NO_CHAIN', autocommit = 1, sql_auto_is_null = 0, sql_safe_updates = 0";

constexpr const char* kPostgresSettings =
    "SET TimeZone = 'UTC'\nSET DateStyle = 'ISO'\nSET IntervalStyle = 'postgres'\n"
    "SET bytea_output = 'hex'\nSET extra_float_digits = 1\nSET standard_conforming_strings = on\n"
    "SET client_encoding = 'UTF8'\nSET default_transaction_isolation = 'read committed'\n"
    "SET default_transaction_deferrable = off\nSET default_transaction_read_only = off";

constexpr const char* kSqliteSettings =
    "PRAGMA journal_mode = WAL\nPRAGMA synchronous = FULL\nPRAGMA foreign_keys = ON\n"
    "PRAGMA busy_timeout = 5000";  // a wait for a lock cannot be cancelled

constexpr LexicalRules kMariaDbRules{.backslash_escapes = true,
                                     .double_quoted_strings = true,
                                     .backticks = true,
                                     .hash_comments = true,
                                     .blank_behind_dashes = true,
                                     .executable_comments = true,
                                     .refuses_second_statement = true};

constexpr LedgerSql kMariaDbLedger{
    .ddl = kMariaDbLedgerDdl,
    .state = "`sqlstate`",
    .insert_new = "INSERT IGNORE INTO sqlbus_ledger VALUES (?, ?, ?, ?, ?, ?)",
    .prune = "DELETE FROM sqlbus_ledger WHERE applied_at < ? ORDER BY applied_at LIMIT ?"};

constexpr const char* kInsertNew =
    "INSERT INTO sqlbus_ledger VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
constexpr const char* kPrune =
    "DELETE FROM sqlbus_ledger WHERE id IN (SELECT id FROM sqlbus_ledger WHERE applied_at < ? "
    "ORDER BY applied_at LIMIT ?)";

constexpr LedgerSql kPostgresLedger{
    .ddl = kPostgresLedgerDdl, .state = "sqlstate", .insert_new = kInsertNew, .prune = kPrune};

constexpr LedgerSql kSqliteLedger{
    .ddl = kSqliteLedgerDdl, .state = "sqlstate", .insert_new = kInsertNew, .prune = kPrune};

constexpr Dialect kMariaDb{
    .dbms = Dbms::kMariaDb,
    .name = "MariaDB",
    .rules = kMariaDbRules,
    .settings = kMariaDbSettings,
    .begin_write = "START TRANSACTION READ WRITE",
    .begin_read = "START TRANSACTION READ ONLY",
    .lone_reads = "SET SESSION TRANSACTION READ ONLY",
    .lone_writes = "SET SESSION TRANSACTION READ WRITE",
    .release = "RELEASE SAVEPOINT ",
    .look = Look::kVariable,
    .is_writable = "SELECT NOT @@global.read_only",
    .session_id = "SELECT CONNECTION_ID()",
    .cancel = "KILL QUERY ",
    // A lock tells who a session is: there is nothing like
    // application_name. The one before may be about to end.
    .name_session = "SELECT GET_LOCK('",
    .name_session_end = "', 0.1)",
    .sessions_of = "SELECT id FROM (SELECT IS_USED_LOCK(CONCAT('",
    .sessions_of_end = "', seq)) AS id FROM seq_0_to_999) AS s WHERE id IS NOT NULL",
    .end_session = "KILL ",
    .time_limit = "SET SESSION max_statement_time = ",
    .time_limit_in_seconds = true,
    .idle_limit = "SET SESSION idle_transaction_timeout = ",
    .row_limit = "SET SESSION sql_select_limit = ",
    .row_limit_none = "DEFAULT",
    .packet_max = "SELECT @@max_allowed_packet",
    .ddl_obeys_session = true,
    .has_arrays = true,
    .ledger = &kMariaDbLedger};

constexpr Dialect kMySql{.dbms = Dbms::kMySql,
                         .name = "MySQL",
                         .rules = kMariaDbRules,
                         .settings = kMySqlSettings,
                         .begin_write = "START TRANSACTION READ WRITE",
                         .begin_read = "START TRANSACTION READ ONLY",
                         .lone_reads = "SET SESSION TRANSACTION READ ONLY",
                         .lone_writes = "SET SESSION TRANSACTION READ WRITE",
                         .release = "RELEASE SAVEPOINT ",
                         .look = Look::kSavepoint,
                         .is_writable = "SELECT NOT @@global.read_only",
                         .session_id = "SELECT CONNECTION_ID()",
                         .cancel = "KILL QUERY ",
                         .row_limit = "SET SESSION sql_select_limit = ",
                         .row_limit_none = "DEFAULT",
                         .packet_max = "SELECT @@max_allowed_packet",
                         .ddl_obeys_session = true,
                         .ledger = &kMariaDbLedger};

constexpr Dialect kPostgres{.dbms = Dbms::kPostgres,
                            .name = "PostgreSQL",
                            .rules = {.nested_comments = true, .dollar_quotes = true},
                            .settings = kPostgresSettings,
                            .begin_write = "BEGIN READ WRITE",
                            .begin_read = "BEGIN READ ONLY",
                            .lone_reads = "SET default_transaction_read_only = on",
                            .lone_writes = "SET default_transaction_read_only = off",
                            .release = "RELEASE SAVEPOINT ",
                            .look = Look::kSavepoint,
                            .is_writable = "SELECT (NOT pg_is_in_recovery())::int",
                            .session_id = "SELECT pg_backend_pid()",
                            .cancel = "SELECT pg_cancel_backend(",
                            .cancel_end = ")",
                            .name_session = "SET application_name = '",
                            .name_session_end = "'",
                            .sessions_of =
                                "SELECT pid FROM pg_stat_activity WHERE pid <> "
                                "pg_backend_pid() AND starts_with(application_name, '",
                            .sessions_of_end = "')",
                            .end_session = "SELECT pg_terminate_backend(",
                            .end_session_end = ")",
                            .time_limit = "SET statement_timeout = ",
                            .idle_limit = "SET idle_in_transaction_session_timeout = ",
                            .fails_whole = true,
                            .doubts_prepared = true,
                            .takes_with_for_query = true,
                            .names_types = true,
                            .binds_integers = false,
                            .infers_types = true,
                            .ledger = &kPostgresLedger};

constexpr Dialect kSqlite{.dbms = Dbms::kSqlite,
                          .name = "SQLite",
                          .rules = {.backticks = true, .brackets = true},
                          .settings = kSqliteSettings,
                          .begin_write = "BEGIN IMMEDIATE",
                          .begin_read = "BEGIN",
                          .lone_reads = "PRAGMA query_only = 1",
                          .lone_writes = "PRAGMA query_only = 0",
                          .release = "RELEASE SAVEPOINT ",
                          .look = Look::kBegin,
                          .cancels_apart = true,
                          .begin_obeys_session = true,
                          .strips_comments = true,
                          .takes_with_for_query = true,
                          .hides_returned_rows = true,
                          .refresh = "SELECT 1 FROM sqlite_master LIMIT 1",
                          .changes = "SELECT total_changes() || ' ' || changes()",
                          .ledger = &kSqliteLedger};

// Not tested, for want of the databases.
constexpr Dialect kSqlServer{.dbms = Dbms::kSqlServer,
                             .name = "Microsoft SQL Server",
                             .rules = {.brackets = true, .nested_comments = true},
                             .settings =
                                 "SET XACT_ABORT OFF\nSET TRANSACTION ISOLATION LEVEL READ "
                                 "COMMITTED\nSET IMPLICIT_TRANSACTIONS OFF\nSET DATEFORMAT ymd",
                             .begin_write = "BEGIN TRANSACTION",
                             .begin_read = "BEGIN TRANSACTION",
                             .savepoint = "SAVE TRANSACTION ",
                             .rollback_to = "ROLLBACK TRANSACTION ",
                             .look = Look::kCount,
                             .binds_integers = false};
constexpr Dialect kOracle{.dbms = Dbms::kOracle, .name = "Oracle", .binds_integers = false};
constexpr Dialect kDb2{.dbms = Dbms::kDb2, .name = "DB2", .binds_integers = false};
constexpr Dialect kOther{.binds_integers = false};

constexpr const Dialect* kDialects[] = {&kMariaDb,   &kMySql,  &kPostgres, &kSqlite,
                                        &kSqlServer, &kOracle, &kDb2};

struct DriverRow {
  std::string_view word;  // in SQL_DRIVER_NAME
  std::string_view keywords;
};

constexpr DriverRow kDrivers[] = {
    // 2: rows that were matched, not only changed. 1 << 20 and 1 << 21: rows are not gathered in
    // memory, from version 3.1.17 on.
    {"maodbc", "CHARSET=utf8mb4;OPTION=3145730"},
    // Errors are not undone by savepoints of its own; rows come by a cursor, some at a time.
    {"psqlodbc",
     "Protocol=7.4-0;UseDeclareFetch=1;Fetch=500;UseServerSidePrepare=1;BoolsAsChar=0;"
     "ByteaAsLongVarBinary=1;UnknownSizes=2;MaxLongVarcharSize=8190;LFConversion=0;"
     "UpdatableCursors=0;KeepaliveTime=30;KeepaliveInterval=10"},
    // Rows come one at a time.
    {"sqlite", "StepAPI=1;NoWCHAR=1;BigInt=1;FKSupport=1;SyncPragma=FULL;Timeout=5000"},
};

bool begins_with(std::string_view text, std::string_view head) {
  return text.size() >= head.size() &&
         std::equal(head.begin(), head.end(), text.begin(), [](unsigned char a, unsigned char b) {
           return std::tolower(a) == std::tolower(b);
         });
}

}  // namespace

const Dialect& dialect_of(std::string_view dbms_name) {
  for (const auto* dialect : kDialects) {
    if (begins_with(dbms_name, dialect->name)) return *dialect;
  }
  return kOther;
}

std::string_view driver_keywords(std::string_view driver_name) {
  for (const auto& row : kDrivers) {
    if (driver_name.find(row.word) != std::string_view::npos) return row.keywords;
  }
  return {};
}

}  // namespace sqlbus::odbc
