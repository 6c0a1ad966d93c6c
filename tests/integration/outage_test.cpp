// Databases and Redis that are away for a while: others go on, callers are told, the order is kept.
#include <sqlite3.h>

#include <chrono>
#include <string>
#include <vector>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

constexpr std::string_view kWaiting = "{SqlBusDefaultQueue}:waiting:main";

int id_of(ErrorId error) { return static_cast<int>(error); }

EpochTime in(std::chrono::milliseconds time) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
         time;
}

// PostgreSQL as the default database, SQLite as "lite" beside it on the same queue.
struct TwoDatabases {
  explicit TwoDatabases(const std::string& limits = "lease = 2s")
      : scene(Store::kPostgres,
              {.limits = limits, .other_sections = "[lite]\n" + sqlite_section(dir / "l.db")}) {
    REQUIRE(scene.ask("create table t (n serial primary key, i integer)").error_id == 0);
    REQUIRE(ask_lite("create table t (i integer)").error_id == 0);
  }
  Response ask_lite(const std::string& sql) {
    auto request = scene.request(sql);
    request.database = "lite";
    return scene.ask(request);
  }
  void push_numbers(int from, int to) {
    std::vector<std::string> statements;
    for (int i = from; i < to; ++i) {
      statements.push_back("insert into t (i) values (" + std::to_string(i) + ")");
    }
    scene.push_all(statements);
  }
  std::int64_t waiting() { return scene.redis().command({"LLEN", kWaiting}).integer; }
  void check_once_in_order(int count) {
    CHECK(scene.value("select count(*) from t") == std::to_string(count));
    CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                      "where step <> 1") == "0");
  }

  TempDir dir;
  Scene scene;
};

}  // namespace

TEST_CASE("requests for a database that is down wait in Redis, in order, and others go on") {
  TwoDatabases two;
  two.scene.postgres().stop();
  two.push_numbers(0, 5000);
  REQUIRE(eventually([&] { return two.waiting() == 5000; }));
  CHECK(two.ask_lite("insert into t values (1)").error_id == 0);
  CHECK(two.scene.redis().command({"KEYS", "*:inflight:*"}).elements.empty());
  two.push_numbers(5000, 6000);
  two.scene.postgres().start();
  two.push_numbers(6000, 7000);
  REQUIRE(two.scene.is_drained());
  REQUIRE(eventually([&] { return two.waiting() == 0; }));
  REQUIRE(two.scene.is_drained());
  two.check_once_in_order(7000);
  CHECK(two.scene.dead_count() == 0);
}

TEST_CASE("a database that comes and goes under load keeps the order") {
  TwoDatabases two;
  int pushed = 0;
  const auto push = [&](int count) {
    two.push_numbers(pushed, pushed + count);
    pushed += count;
  };
  for (int round = 0; round < 5; ++round) {
    push(1900);
    two.scene.postgres().kill9();
    // Its sessions outlive it for as long as they have something to do.
    REQUIRE(eventually([&] {
      push(100);
      return two.waiting() > 0;
    }));
    two.scene.postgres().start();
  }
  REQUIRE(eventually([&] { return two.waiting() == 0; }, std::chrono::seconds(60)));
  REQUIRE(two.scene.is_drained());
  two.check_once_in_order(pushed);
}

TEST_CASE("what waits is kept over kills of the daemon, and is nobody's suspect") {
  TwoDatabases two("lease = 1s");
  two.scene.postgres().stop();
  two.push_numbers(0, 300);
  for (int kill = 0; kill < 4; ++kill) {
    REQUIRE(eventually([&] { return two.waiting() == 300; }));
    two.scene.bus().kill9();
    two.scene.bus().restart();
    REQUIRE(two.scene.bus().wait_ready());
    REQUIRE(
        eventually([&] { return two.scene.bus().log().find("queue owned") != std::string::npos; }));
  }
  two.scene.postgres().start();
  REQUIRE(eventually([&] { return two.waiting() == 0; }, std::chrono::seconds(30)));
  REQUIRE(two.scene.is_drained());
  two.check_once_in_order(300);
  CHECK(two.scene.dead_count() == 0);
}

TEST_CASE(
    "a caller is told at the DEADLINE that the database is away, and nothing of it runs later") {
  TwoDatabases two;
  two.scene.postgres().stop();
  two.push_numbers(0, 10);
  auto write = two.scene.request("insert into t (i) values (-1)");
  write.deadline = in(std::chrono::milliseconds(1500));
  two.scene.push(write);
  REQUIRE(eventually([&] { return two.waiting() == 11; }));
  // Also where the daemon that took it is not the one that answers.
  two.scene.bus().terminate();
  two.scene.bus().restart();
  const auto response = two.scene.answer(write.rchannel);
  CHECK(response.error_id == id_of(ErrorId::kDatabaseUnavailable));
  CHECK(two.waiting() == 10);
  two.scene.postgres().start();
  REQUIRE(eventually([&] { return two.waiting() == 0; }, std::chrono::seconds(30)));
  REQUIRE(two.scene.is_drained());
  two.check_once_in_order(10);
}

TEST_CASE("SQLite that somebody else has locked counts as down, and is served afterwards") {
  TwoDatabases two;
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open((two.dir / "l.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "begin immediate", nullptr, nullptr, nullptr) == SQLITE_OK);
  for (int i = 0; i < 3000; ++i) {
    auto request = two.scene.request("insert into t values (" + std::to_string(i) + ")", false);
    request.database = "lite";
    two.scene.push(request);
  }
  const std::string waiting = "{SqlBusDefaultQueue}:waiting:lite";
  REQUIRE(eventually(
      [&] {
        return two.scene.redis().command({"LLEN", waiting}).integer == 3000;
      },
      std::chrono::seconds(60)));
  CHECK(two.scene.value("select count(*) from t") == "0");
  REQUIRE(sqlite3_exec(other, "rollback", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
  REQUIRE(eventually(
      [&] {
        return two.scene.redis().command({"EXISTS", waiting}).integer == 0;
      },
      std::chrono::seconds(60)));
  REQUIRE(two.scene.is_drained());
  CHECK(two.ask_lite("select count(*), count(distinct i) from t").rows.at(0).at(0).text == "3000");
  CHECK(two.scene.dead_count() == 0);
}

TEST_CASE("a Redis that is full is drained all the same") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  scene.bus().terminate();
  std::vector<std::string> statements;
  statements.reserve(2000);
  for (int i = 0; i < 2000; ++i) {
    statements.push_back("insert into t values (" + std::to_string(i) + ")");
  }
  scene.push_all(statements);
  scene.redis().command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  scene.redis().command({"CONFIG", "SET", "maxmemory", "1mb"});
  CHECK(scene.redis().command({"LPUSH", kQueue, "x"}).is_error());
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  REQUIRE(scene.is_drained());
  scene.redis().command({"CONFIG", "SET", "maxmemory", "0"});
  CHECK(scene.value("select count(*) from t") == "2000");
}

}  // namespace sqlbus::test
