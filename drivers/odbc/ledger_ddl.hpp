// The statements that make the ledger, by database; each is ended by ";\n" but for the last.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace sqlbus::odbc {

inline constexpr char kMariaDbLedgerDdl[] =
    "CREATE TABLE IF NOT EXISTS sqlbus_ledger (id VARBINARY(64) NOT NULL PRIMARY KEY, "
    "digest BIGINT NOT NULL, applied_at BIGINT NOT NULL, `sqlstate` VARCHAR(5) NOT NULL, "
    "message TEXT NOT NULL, answer LONGTEXT NOT NULL, "
    "KEY sqlbus_ledger_applied_at (applied_at)) "
    "ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;\n"
    "CREATE TABLE IF NOT EXISTS sqlbus_ledger_version (version INTEGER NOT NULL PRIMARY KEY) "
    "ENGINE = InnoDB;\n"
    "INSERT IGNORE INTO sqlbus_ledger_version SELECT 1 FROM DUAL "
    "WHERE NOT EXISTS (SELECT * FROM sqlbus_ledger_version)";

// The same tables as those of the drivers of these databases.
inline constexpr char kPostgresLedgerDdl[] =
    "CREATE TABLE IF NOT EXISTS sqlbus_ledger (id bytea PRIMARY KEY, digest bigint NOT NULL, "
    "applied_at bigint NOT NULL, sqlstate text NOT NULL, message text NOT NULL, "
    "answer text NOT NULL);\n"
    "CREATE INDEX IF NOT EXISTS sqlbus_ledger_applied_at ON sqlbus_ledger (applied_at);\n"
    "CREATE TABLE IF NOT EXISTS sqlbus_ledger_version (version integer NOT NULL);\n"
    "INSERT INTO sqlbus_ledger_version SELECT 1 "
    "WHERE NOT EXISTS (SELECT * FROM sqlbus_ledger_version)";

inline constexpr char kSqliteLedgerDdl[] =
    "CREATE TABLE IF NOT EXISTS sqlbus_ledger (id BLOB PRIMARY KEY, digest INTEGER NOT NULL, "
    "applied_at INTEGER NOT NULL, sqlstate TEXT NOT NULL, message TEXT NOT NULL, "
    "answer TEXT NOT NULL) WITHOUT ROWID;\n"
    "CREATE INDEX IF NOT EXISTS sqlbus_ledger_applied_at ON sqlbus_ledger (applied_at);\n"
    "CREATE TABLE IF NOT EXISTS sqlbus_ledger_version (version INTEGER NOT NULL);\n"
    "INSERT INTO sqlbus_ledger_version SELECT 1 "
    "WHERE NOT EXISTS (SELECT * FROM sqlbus_ledger_version)";

template <std::size_t... kSizes>
constexpr auto joined(const char (&... texts)[kSizes]) {
  std::array<char, (kSizes + ...) - sizeof...(kSizes) + 1> all{};
  auto* at = all.data();
  ((at = std::copy_n(texts, kSizes - 1, at)), ...);
  return all;
}

// For who reads them: which of them is to be run depends on the database.
inline constexpr auto kAllLedgerDdl =
    joined("-- on MariaDB and MySQL:\n", kMariaDbLedgerDdl, ";\n-- on PostgreSQL:\n",
           kPostgresLedgerDdl, ";\n-- on SQLite:\n", kSqliteLedgerDdl);

}  // namespace sqlbus::odbc
