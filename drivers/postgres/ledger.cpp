// The ledger of a PostgreSQL session. Many rows go in one statement, as arrays.
#include <libpq-fe.h>

#include <optional>
#include <string>
#include <vector>

#include "drivers/postgres/exchange.hpp"
#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/ledger_params.hpp"
#include "drivers/postgres/postgres_session.hpp"
#include "drivers/postgres/pqxx_compat.h"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;
using driver::view_of;

// An array of bytea as text.
class ArrayText {
 public:
  // An element of bytea[], as hexadecimal digits.
  void add_bytes(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    separate();
    text_ += R"("\\x)";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      text_ += kDigits[byte >> 4U];
      text_ += kDigits[byte & 15U];
    }
    text_ += '"';
  }
  std::string str() const { return text_ + '}'; }

 private:
  void separate() {
    if (text_.size() > 1) text_ += ',';
  }

  std::string text_ = "{";
};

// The version of the tables that this driver makes and knows.
constexpr int kVersion = 1;

sqlbus_text text_in(const pqxx::row& row, int column) {
  const auto field = row[static_cast<pqxx::row_size_type>(column)];
  return {field.c_str(), field.size()};
}

std::string bytes_in(std::string_view text) {
  std::string bytes;
  decode_bytea(text, bytes);
  return bytes;
}

// An id as a parameter of type bytea.
std::string bytea_of(const sqlbus_text& id) {
  ArrayText array;
  array.add_bytes(view_of(id));
  const auto text = array.str();  // {"\\x61ff"}
  return text.substr(3, text.size() - 5);
}

}  // namespace

// Looks first: a role that may use the tables need not have the right to make any.
void PostgresSession::ledger_create() {
  bool is_there = false;
  link_.query([&](pqxx::transaction_base& transaction) {
    is_there = ask(transaction,
                   "SELECT to_regclass('sqlbus_ledger') IS NOT NULL "
                   "AND to_regclass('sqlbus_ledger_version') IS NOT NULL")[0][0]
                   .as<bool>();
  });
  if (!is_there) make_ledger();
  int version = 0;
  link_.query([&](pqxx::transaction_base& transaction) {
    // Whatever a statement does to search_path, this is the table.
    ledger_ = ask(transaction,
                  "SELECT quote_ident(n.nspname) || '.sqlbus_ledger' FROM pg_class c JOIN "
                  "pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = "
                  "to_regclass('sqlbus_ledger')")[0][0]
                  .as<std::string>();
    version = ask(transaction, "SELECT coalesce(max(version), 0) FROM sqlbus_ledger_version")[0][0]
                  .as<int>();
  });
  if (version == kVersion) return;
  throw DriverError(SQLBUS_CONNECTION, "08001",
                    "sqlbus_ledger has version " + std::to_string(version) +
                        ", this driver knows version " + std::to_string(kVersion));
}

// Two sessions that make it at once can meet in the catalog, IF NOT EXISTS or not: as the same
// table (42P07), the type of its rows (42710) or an entry of an index (23505). Then it is there.
void PostgresSession::make_ledger() {
  for (int attempt = 0;; ++attempt) {
    try {
      const auto sql = std::string("BEGIN READ WRITE;\n") + kLedgerDdl + ";\nCOMMIT";
      link_.command(sql.c_str());
      return;
    } catch (const DriverError& e) {
      if (e.error_class() == SQLBUS_CONNECTION) throw;
      link_.command("ROLLBACK");
      const bool was_race =
          e.sqlstate() == "42P07" || e.sqlstate() == "42710" || e.sqlstate() == "23505";
      if (!was_race || attempt > 0) throw;
    }
  }
}

void PostgresSession::ledger_insert(std::span<const sqlbus_ledger_row> rows,
                                    std::uint8_t* inserted) {
  const LedgerParams ledger(rows);
  Params params;
  ledger.fill_insert(params);
  auto sql = "INSERT INTO " + ledger_ + ledger.insert_tail();
  if (inserted != nullptr) sql += " ON CONFLICT DO NOTHING RETURNING id";
  std::vector<std::string> ids;
  std::optional<DriverError> fault;
  Exchange exchange(link_);
  exchange.query(sql.c_str(), params, false);
  exchange.finish([&](std::size_t, const PGresult* result) {
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) fault = fault_of(link_.raw(), result);
    for (int i = 0; i < PQntuples(result); ++i) ids.push_back(bytes_in(PQgetvalue(result, i, 0)));
  });
  if (fault) throw *fault;
  if (inserted == nullptr) return;
  // They come back in the order in which they went in.
  auto next = ids.begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    inserted[i] = next != ids.end() && *next == view_of(rows[i].id) ? 1 : 0;
    if (inserted[i] != 0) ++next;
  }
}

void PostgresSession::ledger_lookup(std::span<const sqlbus_text> ids,
                                    const driver::LedgerFound& found) {
  ArrayText wanted;
  for (const auto& id : ids) wanted.add_bytes(view_of(id));
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result = ask(transaction,
                            ("SELECT id, digest, applied_at, sqlstate, message, answer FROM " +
                             ledger_ + " WHERE id = ANY($1::bytea[])")
                                .c_str(),
                            wanted.str());
    for (const auto& row : result) {
      const auto id = bytes_in(view_of(text_in(row, 0)));
      found({{id.data(), id.size()},
             static_cast<std::uint64_t>(row[1].as<std::int64_t>()),
             row[2].as<std::int64_t>(),
             text_in(row, 3),
             text_in(row, 4),
             text_in(row, 5)});
    }
  });
}

bool PostgresSession::ledger_reopen(const sqlbus_ledger_row& row) {
  bool is_reopened = false;
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result =
        ask(transaction,
            ("UPDATE " + ledger_ +
             " SET sqlstate = '', message = '', answer = '', digest = $1, applied_at = $2 "
             "WHERE id = $3::bytea AND sqlstate <> ''")
                .c_str(),
            static_cast<std::int64_t>(row.digest), row.applied_at_us, bytea_of(row.id));
    is_reopened = result.affected_rows() == 1;
  });
  return is_reopened;
}

// The rows are deleted where the index has found them: looking each up by its id, or joining the
// whole table with them, takes ten times as long. One that is opened again meanwhile has got
// another moment, so that is asked once more.
std::size_t PostgresSession::ledger_prune(std::int64_t older_than_us, std::size_t limit) {
  if (!is_open_) set_lone_access(SQLBUS_READ_WRITE);
  std::size_t removed = 0;
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result =
        ask(transaction,
            ("DELETE FROM " + ledger_ + " WHERE ctid = ANY(ARRAY(SELECT ctid FROM " + ledger_ +
             " WHERE applied_at < $1 ORDER BY applied_at LIMIT $2)) "
             "AND applied_at < $1")
                .c_str(),
            older_than_us, static_cast<std::int64_t>(limit));
    removed = static_cast<std::size_t>(result.affected_rows());
  });
  return removed;
}

std::int64_t PostgresSession::ledger_horizon(std::size_t rows_max) {
  std::int64_t applied_at_us = 0;
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result =
        ask(transaction,
            ("SELECT applied_at FROM " + ledger_ + " ORDER BY applied_at DESC OFFSET $1 LIMIT 1")
                .c_str(),
            static_cast<std::int64_t>(rows_max));
    if (!result.empty()) applied_at_us = result[0][0].as<std::int64_t>();
  });
  return applied_at_us;
}

}  // namespace sqlbus::postgres
