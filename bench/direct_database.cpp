#include "bench/direct_database.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <array>
#include <stdexcept>

namespace sqlbus::bench {

namespace {

constexpr const char* kTable =
    "CREATE TABLE direct_rows (id BIGINT PRIMARY KEY, name TEXT, amount NUMERIC)";
constexpr const char* kInsert =
    "INSERT INTO direct_rows (id, name, amount) VALUES ($1, 'somebody', 12.50)";
constexpr const char* kSelect = "SELECT name, amount FROM direct_rows WHERE id = $1";

class SqliteDatabase : public DirectDatabase {
 public:
  explicit SqliteDatabase(const std::string& file) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(file.c_str(), &opened);
    database_.reset(opened);
    check(code);
    for (const char* sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", kTable}) {
      check(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr));
    }
    insert_ = prepare(kInsert);
    select_ = prepare(kSelect);
  }

  void insert(std::int64_t number) override { run(*insert_, number, SQLITE_DONE); }
  void select(std::int64_t number) override { run(*select_, number, SQLITE_ROW); }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using OwnedStatement = std::unique_ptr<sqlite3_stmt, Close>;

  void check(int code, int expected = SQLITE_OK) const {
    if (code != expected) throw std::runtime_error(sqlite3_errmsg(database_.get()));
  }
  OwnedStatement prepare(const char* sql) const {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr));
    return OwnedStatement(statement);
  }
  void run(sqlite3_stmt& statement, std::int64_t number, int expected) const {
    sqlite3_bind_int64(&statement, 1, number);
    check(sqlite3_step(&statement), expected);
    sqlite3_reset(&statement);
  }

  std::unique_ptr<sqlite3, Close> database_;
  OwnedStatement insert_;  // behind the database, which they are closed before
  OwnedStatement select_;
};

class PostgresDatabase : public DirectDatabase {
 public:
  explicit PostgresDatabase(const std::string& conninfo)
      : connection_(PQconnectdb(conninfo.c_str())) {
    expect(PQexec(connection_.get(), kTable), PGRES_COMMAND_OK);
    expect(PQprepare(connection_.get(), "insert", kInsert, 0, nullptr), PGRES_COMMAND_OK);
    expect(PQprepare(connection_.get(), "select", kSelect, 0, nullptr), PGRES_COMMAND_OK);
  }

  void insert(std::int64_t number) override { run("insert", number, PGRES_COMMAND_OK); }
  void select(std::int64_t number) override { run("select", number, PGRES_TUPLES_OK); }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
  };

  void expect(PGresult* raw, ExecStatusType status) const {
    const std::unique_ptr<PGresult, Close> result(raw);
    if (PQresultStatus(raw) != status) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  void run(const char* name, std::int64_t number, ExecStatusType status) const {
    const std::string text = std::to_string(number);
    const std::array<const char*, 1> values = {text.c_str()};
    expect(PQexecPrepared(connection_.get(), name, 1, values.data(), nullptr, nullptr, 0), status);
  }

  std::unique_ptr<PGconn, Close> connection_;
};

}  // namespace

std::unique_ptr<DirectDatabase> open_sqlite(const std::string& file) {
  return std::make_unique<SqliteDatabase>(file);
}

std::unique_ptr<DirectDatabase> open_postgres(const std::string& conninfo) {
  return std::make_unique<PostgresDatabase>(conninfo);
}

}  // namespace sqlbus::bench
