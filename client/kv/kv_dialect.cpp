#include "client/kv/kv_dialect.hpp"

#include <algorithm>
#include <array>

namespace sqlbus::kv {
namespace {

const std::array<Dialect, 3>& dialects() {
  static const std::array<Dialect, 3> all{
      Dialect{.dbtype = "SQLITE",
              .create = {"CREATE TABLE IF NOT EXISTS sqlbus_kv (path TEXT NOT NULL PRIMARY KEY, "
                         "value BLOB NOT NULL, expires_us INTEGER)",
                         "CREATE INDEX IF NOT EXISTS sqlbus_kv_expires ON sqlbus_kv (expires_us) "
                         "WHERE expires_us IS NOT NULL"},
              .upsert = "INSERT INTO sqlbus_kv (path, value, expires_us) VALUES (?, ?, ?) "
                        "ON CONFLICT (path) DO UPDATE SET value = excluded.value, "
                        "expires_us = excluded.expires_us",
              .purge = "DELETE FROM sqlbus_kv WHERE path IN (SELECT path FROM sqlbus_kv "
                       "WHERE expires_us <= ? LIMIT 100)",
              .position = "instr"},
      Dialect{.dbtype = "POSTGRESQL",
              .create = {"CREATE TABLE IF NOT EXISTS sqlbus_kv (path TEXT COLLATE \"C\" NOT NULL "
                         "PRIMARY KEY, value BYTEA NOT NULL, expires_us BIGINT)",
                         "CREATE INDEX IF NOT EXISTS sqlbus_kv_expires ON sqlbus_kv (expires_us) "
                         "WHERE expires_us IS NOT NULL"},
              .upsert = "INSERT INTO sqlbus_kv (path, value, expires_us) VALUES (?, ?, ?) "
                        "ON CONFLICT (path) DO UPDATE SET value = excluded.value, "
                        "expires_us = excluded.expires_us",
              .purge = "DELETE FROM sqlbus_kv WHERE path IN (SELECT path FROM sqlbus_kv "
                       "WHERE expires_us <= ? LIMIT 100 FOR UPDATE SKIP LOCKED)",
              .position = "strpos"},
      // Bytes, because its collations take other letters, or blanks at the end, for the same.
      Dialect{.dbtype = "MARIADB",
              .create = {"CREATE TABLE IF NOT EXISTS sqlbus_kv (path VARBINARY(1024) NOT NULL "
                         "PRIMARY KEY, value LONGBLOB NOT NULL, expires_us BIGINT, "
                         "KEY sqlbus_kv_expires (expires_us)) ENGINE = InnoDB"},
              .upsert = "INSERT INTO sqlbus_kv (path, value, expires_us) VALUES (?, ?, ?) "
                        "ON DUPLICATE KEY UPDATE value = VALUES(value), "
                        "expires_us = VALUES(expires_us)",
              .purge = "DELETE FROM sqlbus_kv WHERE expires_us <= ? LIMIT 100",
              .position = "instr",
              .counts_bytes = true}};
  return all;
}

}  // namespace

// None of the statements has a '?' in a literal.
std::string Speech::written(std::string_view sql) const {
  if (!has_dollars) return std::string(sql);
  std::string out;
  int number = 0;
  for (const char c : sql) {
    if (c == '?') {
      out += "$" + std::to_string(++number);
    } else {
      out += c;
    }
  }
  return out;
}

// A driver that wants $1 refuses the probe, and its refusal names the database.
Result<Speech> speech_of(const Response& probed) {
  const auto& all = dialects();
  const auto* const found = std::find_if(all.begin(), all.end(), [&](const Dialect& dialect) {
    return dialect.dbtype == probed.dbtype;
  });
  if (found == all.end()) {
    if (probed.dbtype.empty() || probed.error_id > 0) return Error{probed.message};
    return Error{"small values are kept on SQLite, PostgreSQL and MariaDB, not on " +
                 probed.dbtype};
  }
  return Speech{.dialect = found, .has_dollars = probed.error_id != 0};
}

}  // namespace sqlbus::kv
