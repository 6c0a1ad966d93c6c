// The ledger of an SQLite session.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "drivers/sqlite/sqlite_session.hpp"

namespace sqlbus::sqlite {
namespace {

sqlbus_value integer(std::int64_t value) { return {SQLBUS_VALUE_INTEGER, value, {}}; }
sqlbus_value bytes(const sqlbus_text& value) { return {SQLBUS_VALUE_BYTES, 0, value}; }
sqlbus_value text(const sqlbus_text& value) { return {SQLBUS_VALUE_TEXT, 0, value}; }

// A digest keeps its 64 bits in SQLite's signed integer.
std::int64_t signed_of(std::uint64_t digest) { return static_cast<std::int64_t>(digest); }

std::array<sqlbus_value, 6> values_of(const sqlbus_ledger_row& row) {
  return {bytes(row.id),
          integer(signed_of(row.digest)),
          integer(row.applied_at_us),
          text(row.sqlstate),
          text(row.message),
          text(row.answer)};
}

bool is_bare(const sqlbus_ledger_row& row) {
  return row.sqlstate.size + row.message.size + row.answer.size == 0;
}

constexpr std::string_view kInsertOne = "INSERT INTO sqlbus_ledger VALUES (?, ?, ?, ?, ?, ?)";
constexpr std::string_view kInsertNew =
    "INSERT INTO sqlbus_ledger VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

// Rows of one statement: beyond that little is gained, and what is left goes in one by one.
constexpr std::size_t kRowsAtOnce = 32;

// OR FAIL leaves the rows before one that exists, which the caller's rollback takes back; to take
// them back itself SQLite would copy each page before it changes it.
std::string insert_many_sql() {
  std::string sql = "INSERT OR FAIL INTO sqlbus_ledger VALUES ";
  for (std::size_t i = 0; i < kRowsAtOnce; ++i) {
    sql += i == 0 ? "(?, ?, ?, '', '', '')" : ", (?, ?, ?, '', '', '')";
  }
  return sql;
}

sqlbus_sink sink_for(const driver::LedgerFound& found) {
  sqlbus_sink sink{};
  sink.context = const_cast<driver::LedgerFound*>(&found);
  sink.columns = [](void*, const sqlbus_column*, std::size_t) {};
  sink.row = [](void* context, const sqlbus_value* cells, std::size_t) {
    const sqlbus_ledger_row row{cells[0].text,    static_cast<std::uint64_t>(cells[1].integer),
                                cells[2].integer, cells[3].text,
                                cells[4].text,    cells[5].text};
    (*static_cast<const driver::LedgerFound*>(context))(row);
    return 0;
  };
  return sink;
}

}  // namespace

void SqliteSession::ledger_create() {
  database_.start_clock();
  database_.run(kLedgerDdl);
  const auto version =
      ask_integer("SELECT coalesce(max(version), 0) FROM sqlbus_ledger_version", {});
  if (version == kLedgerVersion) return;
  throw driver::DriverError(SQLBUS_CONNECTION, "08001",
                            "sqlbus_ledger has version " + std::to_string(version) +
                                ", this driver knows version " + std::to_string(kLedgerVersion));
}

void SqliteSession::ledger_insert(std::span<const sqlbus_ledger_row> rows, std::uint8_t* inserted) {
  if (inserted == nullptr) {
    while (const auto count = insert_bare(rows)) rows = rows.subspan(count);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto changed = run(inserted == nullptr ? kInsertOne : kInsertNew, values_of(rows[i]));
    if (inserted != nullptr) inserted[i] = changed == 1 ? 1 : 0;
  }
}

// As many rows from the first as one statement takes; 0 where there are not so many, or one of them
// says more than that its request is applied.
std::size_t SqliteSession::insert_bare(std::span<const sqlbus_ledger_row> rows) {
  if (rows.size() < kRowsAtOnce) return 0;
  rows = rows.first(kRowsAtOnce);
  if (!std::all_of(rows.begin(), rows.end(), is_bare)) return 0;
  static const std::string sql = insert_many_sql();
  std::array<sqlbus_value, 3 * kRowsAtOnce> values;
  auto* value = values.data();
  for (const auto& row : rows) {
    *value++ = bytes(row.id);
    *value++ = integer(signed_of(row.digest));
    *value++ = integer(row.applied_at_us);
  }
  run(sql, values);
  return kRowsAtOnce;
}

void SqliteSession::ledger_lookup(std::span<const sqlbus_text> ids,
                                  const driver::LedgerFound& found) {
  const auto sink = sink_for(found);
  for (const auto& id : ids) {
    const sqlbus_value param = bytes(id);
    run("SELECT id, digest, applied_at, sqlstate, message, answer FROM sqlbus_ledger WHERE id = ?",
        {&param, 1}, &sink);
  }
}

void SqliteSession::record(const sqlbus_ledger_row& row) {
  const std::array params = {text(row.sqlstate), text(row.message), text(row.answer),
                             bytes(row.id)};
  run("UPDATE sqlbus_ledger SET sqlstate = ?, message = ?, answer = ? WHERE id = ?", params);
}

bool SqliteSession::ledger_reopen(const sqlbus_ledger_row& row) {
  const std::array params = {integer(signed_of(row.digest)), integer(row.applied_at_us),
                             bytes(row.id)};
  return run("UPDATE sqlbus_ledger SET sqlstate = '', message = '', answer = '', digest = ?, "
             "applied_at = ? WHERE id = ? AND sqlstate <> ''",
             params) == 1;
}

std::size_t SqliteSession::ledger_prune(std::int64_t older_than_us, std::size_t limit) {
  const std::array params = {integer(older_than_us), integer(static_cast<std::int64_t>(limit))};
  const auto removed = run(
      "DELETE FROM sqlbus_ledger WHERE id IN (SELECT id FROM sqlbus_ledger WHERE applied_at < ? "
      "ORDER BY applied_at LIMIT ?)",
      params);
  return static_cast<std::size_t>(removed);
}

std::int64_t SqliteSession::ledger_horizon(std::size_t rows_max) {
  const std::array params = {integer(static_cast<std::int64_t>(rows_max))};
  return ask_integer(
      "SELECT applied_at FROM sqlbus_ledger ORDER BY applied_at DESC LIMIT 1 OFFSET ?", params);
}

// The one integer that a query yields; 0 where it yields none.
std::int64_t SqliteSession::ask_integer(std::string_view sql,
                                        std::span<const sqlbus_value> params) {
  std::int64_t value = 0;
  sqlbus_sink sink{};
  sink.context = &value;
  sink.columns = [](void*, const sqlbus_column*, std::size_t) {};
  sink.row = [](void* context, const sqlbus_value* cells, std::size_t) {
    *static_cast<std::int64_t*>(context) = cells[0].integer;
    return 0;
  };
  run(sql, params, &sink);
  return value;
}

}  // namespace sqlbus::sqlite
