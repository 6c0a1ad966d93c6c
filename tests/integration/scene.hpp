// A whole bus for one test: Redis, a database, the daemon, and a caller.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/dead_letter.hpp"
#include "protocol/request.hpp"
#include "protocol/response.hpp"
#include "tests/support/private_bus.hpp"
#include "tests/support/private_mariadb.hpp"
#include "tests/support/private_postgres.hpp"
#include "tests/support/private_redis.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

// The last two by ODBC.
enum class Store : std::uint8_t { kSqlite, kPostgres, kMariaDb, kOdbcPostgres };
// The type of a column that the database numbers by itself.
std::string numbered_key(Store store);

inline constexpr std::string_view kQueue = "SqlBusDefaultQueue";
inline constexpr std::string_view kDead = "{SqlBusDefaultQueue}:dead";

class Scene {
 public:
  struct Options {
    std::string limits = "lease = 2s";  // lines of [limits]
    std::string queue = std::string(kQueue);
    std::string redis_lines = {};  // further lines of [redis]
    std::string other_sections = {};
    std::string database_lines = {};  // further lines of [main]
    bool starts_bus = true;
  };

  explicit Scene(Store store) : Scene(store, Options{}) {}
  Scene(Store store, Options options);

  PrivateRedis& redis() { return redis_; }
  PrivatePostgres& postgres() { return *postgres_; }
  PrivateMariaDb& mariadb() { return *mariadb_; }
  PrivateBus& bus() { return *bus_; }
  std::string config() const;
  std::string sqlite_file() const { return dir_ / "main.db"; }

  void start_bus();
  // A request as a well-behaved caller writes it; each has a UUID of its own.
  Request request(std::string sql, bool sync = true);
  void push(const Request& request) { push(encode(request)); }
  void push(std::string_view envelope, std::string_view queue = kQueue);
  // Pushes async statements in one go.
  void push_all(const std::vector<std::string>& statements);
  // The response that comes on a reply channel; fails the test when none does.
  Response answer(std::string_view channel, std::chrono::seconds limit = std::chrono::seconds{30});
  Response ask(const Request& request);
  Response ask(const std::string& sql) { return ask(request(sql)); }
  // The first cell of the first row of a blocking query.
  std::string value(const std::string& sql);

  std::size_t dead_count();
  // The index-th newest dead letter.
  DeadLetter dead(std::size_t index = 0);
  // Nothing is in the queue or in flight, now.
  bool is_empty();
  // Everything that was pushed has been settled.
  [[nodiscard]] bool is_drained();

 private:
  static std::string encode(const Request& request);
  std::string database_section() const;

  Store store_;
  Options options_;
  TempDir dir_;
  PrivateRedis redis_;
  std::optional<PrivatePostgres> postgres_;
  std::optional<PrivateMariaDb> mariadb_;
  std::optional<PrivateBus> bus_;
};

// Runs a case on SQLite and PostgreSQL, by ODBC on MariaDB and PostgreSQL, or on all of them.
// NOLINTBEGIN(bugprone-macro-parentheses): it declares a name
#define ON_EACH_STORE(store)                    \
  Store store{};                                \
  SUBCASE("sqlite") { store = Store::kSqlite; } \
  SUBCASE("postgres") { store = Store::kPostgres; }
#define ON_EACH_ODBC_STORE(store)                 \
  Store store{};                                  \
  SUBCASE("mariadb") { store = Store::kMariaDb; } \
  SUBCASE("odbc, postgres") { store = Store::kOdbcPostgres; }
#define ON_ALL_STORES(store)                      \
  ON_EACH_STORE(store);                           \
  SUBCASE("mariadb") { store = Store::kMariaDb; } \
  SUBCASE("odbc, postgres") { store = Store::kOdbcPostgres; }
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace sqlbus::test
