// The ledger of a PostgreSQL session. Many rows go in one statement, as arrays.
#include <string>

#include "drivers/postgres/postgres_session.hpp"
#include "drivers/postgres/pqxx_compat.h"

namespace sqlbus::postgres {
namespace {

using driver::DriverError;
using driver::view_of;

// A PostgreSQL array as text: {"a","b \" c"}.
class ArrayText {
 public:
  void add(std::string_view element) {
    separate();
    text_ += '"';
    for (const char c : element) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
  }
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
  void add(std::int64_t element) {
    separate();
    text_ += std::to_string(element);
  }
  std::string str() const { return text_ + '}'; }

 private:
  void separate() {
    if (text_.size() > 1) text_ += ',';
  }

  std::string text_ = "{";
};

// One array for each column of the table.
struct Columns {
  explicit Columns(std::span<const sqlbus_ledger_row> rows) {
    for (const auto& row : rows) {
      ids.add_bytes(view_of(row.id));
      digests.add(static_cast<std::int64_t>(row.digest));
      applied_at.add(row.applied_at_us);
      sqlstates.add(view_of(row.sqlstate));
      messages.add(view_of(row.message));
      answers.add(view_of(row.answer));
    }
  }
  ArrayText ids, digests, applied_at, sqlstates, messages, answers;
};

constexpr const char* kInsert =
    " (id, digest, applied_at, sqlstate, message, answer) "
    "SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], "
    "$6::text[])";

// The version of the tables that this driver makes and knows.
constexpr int kVersion = 1;

sqlbus_text text_in(const pqxx::row& row, int column) {
  const auto field = row[static_cast<pqxx::row_size_type>(column)];
  return {field.c_str(), field.size()};
}

unsigned nibble(char digit) {
  return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

// bytea as the server writes it: \x61ff.
std::string bytes_in(const pqxx::row& row, int column) {
  const auto hex = view_of(text_in(row, column)).substr(2);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(nibble(hex[i]) << 4U | nibble(hex[i + 1]));
  }
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

// Two sessions that make it at once can meet in the catalog; then it is there.
void PostgresSession::make_ledger() {
  for (int attempt = 0;; ++attempt) {
    try {
      const auto sql = std::string("BEGIN READ WRITE;\n") + kLedgerDdl + ";\nCOMMIT";
      link_.command(sql.c_str());
      return;
    } catch (const DriverError& e) {
      if (e.error_class() == SQLBUS_CONNECTION) throw;
      link_.command("ROLLBACK");
      const bool was_race = e.sqlstate() == "23505" || e.sqlstate() == "42P07";
      if (!was_race || attempt > 0) throw;
    }
  }
}

void PostgresSession::ledger_insert(std::span<const sqlbus_ledger_row> rows,
                                    std::uint8_t* inserted) {
  const Columns columns(rows);
  auto sql = "INSERT INTO " + ledger_ + kInsert;
  if (inserted != nullptr) sql += " ON CONFLICT DO NOTHING RETURNING id";
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result = ask(transaction, sql.c_str(), columns.ids.str(), columns.digests.str(),
                            columns.applied_at.str(), columns.sqlstates.str(),
                            columns.messages.str(), columns.answers.str());
    if (inserted == nullptr) return;
    // They come back in the order in which they went in.
    std::size_t at = 0;
    for (const auto& row : result) {
      const auto id = bytes_in(row, 0);
      while (at < rows.size() && view_of(rows[at].id) != id) inserted[at++] = 0;
      if (at < rows.size()) inserted[at++] = 1;
    }
    while (at < rows.size()) inserted[at++] = 0;
  });
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
      const auto id = bytes_in(row, 0);
      found({{id.data(), id.size()},
             static_cast<std::uint64_t>(row[1].as<std::int64_t>()),
             row[2].as<std::int64_t>(),
             text_in(row, 3),
             text_in(row, 4),
             text_in(row, 5)});
    }
  });
}

void PostgresSession::ledger_record(const sqlbus_ledger_row& row) {
  link_.query([&](pqxx::transaction_base& transaction) {
    ask(transaction,
        ("UPDATE " + ledger_ + " SET sqlstate = $1, message = $2, answer = $3 WHERE id = $4::bytea")
            .c_str(),
        std::string(view_of(row.sqlstate)), std::string(view_of(row.message)),
        std::string(view_of(row.answer)), bytea_of(row.id));
  });
}

bool PostgresSession::ledger_reopen(const sqlbus_ledger_row& row) {
  bool is_reopened = false;
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result =
        ask(transaction,
            "UPDATE sqlbus_ledger SET sqlstate = '', message = '', answer = '', "
            "digest = $1, applied_at = $2 WHERE id = $3::bytea AND sqlstate <> ''",
            static_cast<std::int64_t>(row.digest), row.applied_at_us, bytea_of(row.id));
    is_reopened = result.affected_rows() == 1;
  });
  return is_reopened;
}

std::size_t PostgresSession::ledger_prune(std::int64_t older_than_us, std::size_t limit) {
  if (!is_open_) set_lone_access(SQLBUS_READ_WRITE);
  std::size_t removed = 0;
  link_.query([&](pqxx::transaction_base& transaction) {
    const auto result = ask(transaction,
                            ("DELETE FROM " + ledger_ + " WHERE id IN (SELECT id FROM " + ledger_ +
                             " WHERE applied_at < $1 ORDER BY applied_at LIMIT $2)")
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
