// What SQLite can do with the same work, without the bus, in a file of its own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bench/work.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sqlbus::bench {

// A file as the bus's driver opens it: WAL, synchronous = FULL. Every failure throws
// std::runtime_error.
class SqliteFile {
 public:
  explicit SqliteFile(const std::string& path);

  void exec(const std::string& sql);
  std::string query_value(const std::string& sql);
  sqlite3* get() const { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  std::unique_ptr<sqlite3, Close> database_;
};

// Fills a ledger with random ids, in their order: 0x01 and 16 bytes, as UUIDs are kept; moments of
// the last hour.
std::string fill_ledger_sql(std::int64_t rows);

std::int64_t now_us();

// Prepared INSERTs, 500 a commit, with their rows of the ledger where that is asked for.
class SqliteLimit {
 public:
  SqliteLimit(SqliteFile& file, bool has_ledger);

  // Seconds that the work took.
  double run(std::span<const Work> works);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using OwnedStatement = std::unique_ptr<sqlite3_stmt, Finalize>;

  OwnedStatement prepare(const std::string& sql);
  void step(sqlite3_stmt& statement);
  void insert(const Row& row);
  void insert_ledger(std::string_view uuid);

  SqliteFile& file_;
  const bool has_ledger_;
  OwnedStatement insert_;
  OwnedStatement ledger_;
};

}  // namespace sqlbus::bench
