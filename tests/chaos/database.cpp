#include "tests/chaos/database.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace sqlbus::chaos {
namespace {

constexpr int kBusyMs = 30'000;
constexpr int kLockMs = 300;

class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(const std::string& file) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open(file.c_str(), &raw);
    handle_.reset(raw);
    if (code != SQLITE_OK) throw std::runtime_error("sqlite: " + file + " does not open");
    sqlite3_busy_timeout(raw, kBusyMs);
  }

  void exec(const std::string& sql) override { value(sql); }

  std::string value(const std::string& sql) override {
    std::string cell;
    const auto keep = [](void* out, int count, char** cells, char** /*names*/) {
      if (count > 0 && cells[0] != nullptr) *static_cast<std::string*>(out) = cells[0];
      return 0;
    };
    char* message = nullptr;
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), keep, &cell, &message);
    const std::unique_ptr<char, Free> owned(message);
    if (code != SQLITE_OK) throw std::runtime_error("sqlite: " + sql + ": " + message);
    return cell;
  }

  bool lock() override {
    sqlite3_busy_timeout(handle_.get(), kLockMs);
    is_locked_ = sqlite3_exec(handle_.get(), "begin immediate", nullptr, nullptr, nullptr) == 0;
    sqlite3_busy_timeout(handle_.get(), kBusyMs);
    return is_locked_;
  }
  void unlock() override {
    if (std::exchange(is_locked_, false)) exec("rollback");
  }

  void make_tables() override { exec("create table effects (caller integer, number integer)"); }
  std::string rows() override {
    return value(
        "select group_concat(caller || ' ' || number, char(10)) from "
        "(select caller, number from effects order by rowid)");
  }

 private:
  struct Free {
    void operator()(char* text) const { sqlite3_free(text); }
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };

  std::unique_ptr<sqlite3, Free> handle_;
  bool is_locked_ = false;
};

class PostgresDatabase : public Database {
 public:
  explicit PostgresDatabase(test::PrivatePostgres& server) : server_(server) {}

  void exec(const std::string& sql) override { server_.exec(sql); }
  std::string value(const std::string& sql) override { return server_.query_value(sql); }

  bool lock() override {
    try {
      exec("begin; set local lock_timeout = '" + std::to_string(kLockMs) +
           "ms'; lock table effects in exclusive mode");
      return true;
    } catch (const std::runtime_error&) {
      unlock();
      return false;
    }
  }
  // Where the server was killed meanwhile there is nothing left to end.
  void unlock() override {
    try {
      exec("rollback");
    } catch (const std::runtime_error&) {
      return;
    }
  }

  void make_tables() override {
    exec("create table effects (n bigserial, caller integer, number integer)");
    exec(
        "create function log_fn(c integer, i integer) returns integer language sql as "
        "'insert into effects (caller, number) values (c, i) returning number'");
  }
  std::string rows() override {
    return value("select string_agg(caller || ' ' || number, E'\\n' order by n) from effects");
  }

 private:
  test::PrivatePostgres& server_;
};

class MariaDatabase : public Database {
 public:
  explicit MariaDatabase(test::PrivateMariaDb& server) : server_(server) {}

  void exec(const std::string& sql) override { server_.exec(sql); }
  std::string value(const std::string& sql) override { return server_.query_value(sql); }

  // A lock for reading is ours too: others may read, and nobody writes.
  bool lock() override {
    try {
      exec("lock tables effects read wait 1");
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  void unlock() override {
    try {
      exec("unlock tables");
    } catch (const std::runtime_error&) {
      return;
    }
  }

  void make_tables() override {
    exec(
        "create table effects (n bigint auto_increment primary key, caller integer, "
        "number integer)");
    exec(
        "create function log_fn(c integer, i integer) returns integer modifies sql data begin "
        "insert into effects (caller, number) values (c, i); return i; end");
  }
  std::string rows() override {
    exec("set session group_concat_max_len = 1 << 30");
    return value(
        "select group_concat(caller, ' ', number order by n separator '\\n') from effects");
  }

 private:
  test::PrivateMariaDb& server_;
};

}  // namespace

std::unique_ptr<Database> open_sqlite(const std::string& file) {
  return std::make_unique<SqliteDatabase>(file);
}

std::unique_ptr<Database> open_postgres(test::PrivatePostgres& server) {
  return std::make_unique<PostgresDatabase>(server);
}

std::unique_ptr<Database> open_mariadb(test::PrivateMariaDb& server) {
  return std::make_unique<MariaDatabase>(server);
}

}  // namespace sqlbus::chaos
