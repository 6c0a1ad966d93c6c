// The ledger of an ODBC session.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "drivers/odbc/odbc_session.hpp"

namespace sqlbus::odbc {
namespace {

using driver::DriverError;
using driver::view_of;

sqlbus_value integer(std::int64_t value) { return {SQLBUS_VALUE_INTEGER, value, {}}; }
sqlbus_value bytes(const sqlbus_text& value) { return {SQLBUS_VALUE_BYTES, 0, value}; }
sqlbus_value text(const sqlbus_text& value) { return {SQLBUS_VALUE_TEXT, 0, value}; }

// A digest keeps its 64 bits in a signed integer.
std::int64_t signed_of(std::uint64_t digest) { return static_cast<std::int64_t>(digest); }

using RowValues = std::array<sqlbus_value, 6>;

RowValues values_of(const sqlbus_ledger_row& row) {
  return {bytes(row.id),
          integer(signed_of(row.digest)),
          integer(row.applied_at_us),
          text(row.sqlstate),
          text(row.message),
          text(row.answer)};
}

constexpr std::string_view kInsert = "INSERT INTO sqlbus_ledger VALUES (?, ?, ?, ?, ?, ?)";

std::int64_t integer_in(const sqlbus_value& cell) {
  return std::stoll(std::string(view_of(cell.text)));
}

sqlbus_sink sink_for(const driver::LedgerFound& found) {
  sqlbus_sink sink{};
  sink.context = const_cast<driver::LedgerFound*>(&found);
  sink.columns = [](void*, const sqlbus_column*, std::size_t) {};
  sink.row = [](void* context, const sqlbus_value* cells, std::size_t) {
    const sqlbus_ledger_row row{
        cells[0].text,        static_cast<std::uint64_t>(integer_in(cells[1])),
        integer_in(cells[2]), cells[3].text,
        cells[4].text,        cells[5].text};
    (*static_cast<const driver::LedgerFound*>(context))(row);
    return 0;
  };
  return sink;
}

}  // namespace

const LedgerSql& OdbcSession::ledger_sql() const {
  const auto* sql = link_.dialect().ledger;
  if (sql == nullptr) {
    throw DriverError(SQLBUS_UNSUPPORTED, "0A000", "no ledger is known for " + dbtype_);
  }
  return *sql;
}

const char* OdbcSession::ledger_ddl() const noexcept {
  const auto* sql = link_.dialect().ledger;
  return sql == nullptr ? nullptr : sql->ddl;
}

void OdbcSession::ledger_create() {
  const auto& sql = ledger_sql();
  if (link_.is_lost()) throw DriverError("08003", "the connection is lost");
  constexpr const char* kVersion = "SELECT COALESCE(MAX(version), 0) FROM sqlbus_ledger_version";
  set_lone_access(SQLBUS_READ_WRITE);
  std::string version;
  try {
    link_.ask("SELECT COUNT(*) FROM sqlbus_ledger WHERE applied_at < 0");
    version = link_.ask(kVersion).value_or("0");
  } catch (const DriverError& e) {
    settle(StatementText::Kind::kQuery, false, true);
    if (e.sqlstate() != "42P01") throw;
  }
  if (version.empty() || version == "0") {
    std::string_view ddl = sql.ddl;
    while (!ddl.empty()) {
      const auto end = std::min(ddl.find(";\n"), ddl.size());
      try {
        link_.command(ddl.substr(0, end));
      } catch (const DriverError& e) {
        // Another session makes the same at this moment.
        settle(StatementText::Kind::kQuery, false, true);
        const bool is_there =
            e.sqlstate() == "42P07" || e.sqlstate() == "42710" || e.sqlstate() == "23505";
        if (!is_there) throw;
      }
      ddl.remove_prefix(std::min(end + 2, ddl.size()));
    }
    version = link_.ask(kVersion).value_or("0");
  }
  if (version == std::to_string(kLedgerVersion)) return;
  throw DriverError(SQLBUS_CONNECTION, "08001",
                    "sqlbus_ledger has version " + version + ", this driver knows version " +
                        std::to_string(kLedgerVersion));
}

void OdbcSession::ledger_insert(std::span<const sqlbus_ledger_row> rows, std::uint8_t* inserted) {
  const auto& sql = ledger_sql();
  if (inserted == nullptr) return insert_rows(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    inserted[i] = run_own(sql.insert_new, values_of(rows[i])) == 1 ? 1 : 0;
  }
}

void OdbcSession::insert_rows(std::span<const sqlbus_ledger_row> rows) {
  if (rows.size() == 1 || !link_.dialect().has_arrays) {
    for (const auto& row : rows) run_own(kInsert, values_of(row));
    return;
  }
  std::vector<RowValues> values;
  values.reserve(rows.size());
  for (const auto& row : rows) values.push_back(values_of(row));
  auto& statement = own_statements_.get(link_, kInsert);
  for (auto next = values.begin(); next != values.end();) {
    ParameterArray sets(next->size());
    while (next != values.end() && sets.add(*next, link_.dialect(), kSetBytesMax)) ++next;
    const TimeLimit::Guard limit(time_limit_);
    try {
      statement.run(sets);
    } catch (const DriverError&) {
      settle(statement.text().kind, false, true);
      throw;
    }
  }
}

void OdbcSession::ledger_lookup(std::span<const sqlbus_text> ids,
                                const driver::LedgerFound& found) {
  const auto sink = sink_for(found);
  for (const auto& id : ids) {
    const sqlbus_value param = bytes(id);
    run_own("SELECT id, digest, applied_at, " + std::string(ledger_sql().state) +
                ", message, answer FROM sqlbus_ledger WHERE id = ?",
            {&param, 1}, &sink);
  }
}

void OdbcSession::record(const sqlbus_ledger_row& row) {
  const std::array params = {text(row.sqlstate), text(row.message), text(row.answer),
                             bytes(row.id)};
  run_own("UPDATE sqlbus_ledger SET " + std::string(ledger_sql().state) +
              " = ?, message = ?, answer = ? WHERE id = ?",
          params);
}

bool OdbcSession::ledger_reopen(const sqlbus_ledger_row& row) {
  const std::array params = {integer(signed_of(row.digest)), integer(row.applied_at_us),
                             bytes(row.id)};
  const std::string state = ledger_sql().state;
  return run_own("UPDATE sqlbus_ledger SET " + state +
                     " = '', message = '', answer = '', digest = ?, applied_at = ? "
                     "WHERE id = ? AND " +
                     state + " <> ''",
                 params) == 1;
}

std::size_t OdbcSession::ledger_prune(std::int64_t older_than_us, std::size_t limit) {
  const std::array params = {integer(older_than_us), integer(static_cast<std::int64_t>(limit))};
  return static_cast<std::size_t>(run_own(ledger_sql().prune, params));
}

std::int64_t OdbcSession::ledger_horizon(std::size_t rows_max) {
  const std::array params = {integer(static_cast<std::int64_t>(rows_max))};
  return ask_integer(
      "SELECT applied_at FROM sqlbus_ledger ORDER BY applied_at DESC LIMIT 1 OFFSET ?", params);
}

// The one integer that a query yields; 0 where it yields none.
std::int64_t OdbcSession::ask_integer(std::string_view sql, Values params) {
  std::int64_t value = 0;
  sqlbus_sink sink{};
  sink.context = &value;
  sink.columns = [](void*, const sqlbus_column*, std::size_t) {};
  sink.row = [](void* context, const sqlbus_value* cells, std::size_t) {
    *static_cast<std::int64_t*>(context) = integer_in(cells[0]);
    return 0;
  };
  run_own(sql, params, &sink);
  return value;
}

}  // namespace sqlbus::odbc
