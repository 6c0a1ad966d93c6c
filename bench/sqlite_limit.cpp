#include "bench/sqlite_limit.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "bench/stopwatch.hpp"
#include "bench/world.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::size_t kGroup = 500;

void expect(sqlite3* database, int code, int expected = SQLITE_OK) {
  if (code != expected) throw std::runtime_error(sqlite3_errmsg(database));
}

void bind_text(sqlite3_stmt& statement, int position, const std::string& text) {
  sqlite3_bind_text(&statement, position, text.data(), static_cast<int>(text.size()),
                    SQLITE_STATIC);
}

}  // namespace

std::int64_t now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string fill_ledger_sql(std::int64_t rows) {
  return "INSERT INTO sqlbus_ledger (id, digest, applied_at, sqlstate, message, answer) "
         "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < " +
         std::to_string(rows) +
         ") SELECT CAST(x'01' || randomblob(16) AS blob) AS id, random(), "
         "unixepoch() * 1000000 - 3600000000 + n, '', '', '' FROM i ORDER BY id";
}

void SqliteFile::Close::operator()(sqlite3* database) const { sqlite3_close(database); }
void SqliteLimit::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteFile::SqliteFile(const std::string& path) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(path.c_str(), &opened);
  database_.reset(opened);
  expect(opened, code);
  sqlite3_busy_timeout(opened, 5000);
  exec("PRAGMA journal_mode = WAL");
  exec("PRAGMA synchronous = FULL");
}

void SqliteFile::exec(const std::string& sql) {
  expect(database_.get(), sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

// The cells of the first column, one after the other.
std::string SqliteFile::query_value(const std::string& sql) {
  std::string value;
  const auto take = [](void* text, int, char** cells, char**) {
    if (cells[0] != nullptr) static_cast<std::string*>(text)->append(cells[0]);
    return 0;
  };
  expect(database_.get(), sqlite3_exec(database_.get(), sql.c_str(), take, &value, nullptr));
  return value;
}

SqliteLimit::SqliteLimit(SqliteFile& file, bool has_ledger) : file_(file), has_ledger_(has_ledger) {
  insert_ = prepare(sql_of(Work::Kind::kInsert, kLimitTable));
  if (has_ledger) {
    ledger_ = prepare(
        "INSERT INTO sqlbus_ledger (id, digest, applied_at, sqlstate, message, answer) "
        "VALUES (?, ?, ?, '', '', '')");
  }
}

double SqliteLimit::run(std::span<const Work> works) {
  const Stopwatch stopwatch;
  while (!works.empty()) {
    const auto group = works.first(std::min(works.size(), kGroup));
    file_.exec("BEGIN IMMEDIATE");
    if (has_ledger_) {
      for (const Work& work : group) insert_ledger(work.uuid);
    }
    for (const Work& work : group) insert(work.row);
    file_.exec("COMMIT");
    works = works.subspan(group.size());
  }
  return stopwatch.seconds();
}

SqliteLimit::OwnedStatement SqliteLimit::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  expect(file_.get(), sqlite3_prepare_v2(file_.get(), sql.c_str(), -1, &statement, nullptr));
  return OwnedStatement(statement);
}

void SqliteLimit::step(sqlite3_stmt& statement) {
  expect(file_.get(), sqlite3_step(&statement), SQLITE_DONE);
  sqlite3_reset(&statement);
}

void SqliteLimit::insert(const Row& row) {
  sqlite3_bind_int64(insert_.get(), 1, row.id);
  bind_text(*insert_, 2, row.name);
  bind_text(*insert_, 3, row.amount);
  bind_text(*insert_, 4, row.at);
  step(*insert_);
}

void SqliteLimit::insert_ledger(std::string_view uuid) {
  const std::string id = ledger_id_of(uuid);
  sqlite3_bind_blob(ledger_.get(), 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
  sqlite3_bind_int64(ledger_.get(), 2, static_cast<std::int64_t>(std::hash<std::string>{}(id)));
  sqlite3_bind_int64(ledger_.get(), 3, now_us());
  step(*ledger_);
}

}  // namespace sqlbus::bench
