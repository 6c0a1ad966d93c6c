// Kills and restarts of the daemon, Redis and the database: nothing is missing.
#include <sstream>
#include <string>
#include <vector>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

std::vector<std::string> inserts(int from, int to) {
  std::vector<std::string> out;
  for (int i = from; i < to; ++i) out.push_back("insert into t values (" + std::to_string(i) + ")");
  return out;
}

// Every value below `count` is there at least once; without a ledger one may be there twice.
void check_nothing_missing(Scene& scene, int count) {
  CHECK(scene.value("select count(distinct i) from t") == std::to_string(count));
}

// A table that keeps the order in which its rows were written, and the requests that fill it.
void push_numbered(Scene& scene, Store store, int count) {
  REQUIRE(scene.ask("create table t (n " + numbered_key(store) + ", i integer)").error_id == 0);
  std::vector<std::string> statements;
  for (int i = 0; i < count; ++i) {
    statements.push_back("insert into t (i) values (" + std::to_string(i) + ")");
  }
  scene.push_all(statements);
}

void check_order(Scene& scene) {
  CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                    "where step <= 0") == "0");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

void wait_for_first_rows(Scene& scene) {
  REQUIRE(eventually([&] { return scene.redis().command({"LLEN", kQueue}).integer < 4900; }));
}

}  // namespace

TEST_CASE("a daemon that is killed loses nothing") {
  ON_EACH_STORE(store);
  Scene scene(store, {.limits = "lease = 1s"});
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  scene.push_all(inserts(0, 5000));
  for (int kill = 0; kill < 2; ++kill) {
    wait_for_first_rows(scene);
    scene.bus().kill9();
    scene.bus().restart();
    REQUIRE(scene.bus().wait_ready());
  }
  REQUIRE(scene.is_drained());
  check_nothing_missing(scene, 5000);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a stand-by takes over within the lease") {
  ON_EACH_STORE(store);
  Scene scene(store, {.limits = "lease = 1s"});
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  PrivateBus stand_by(scene.config());
  REQUIRE(stand_by.wait_ready());
  REQUIRE(eventually([&] { return stand_by.log().find("standing by") != std::string::npos; }));
  scene.push_all(inserts(0, 5000));
  wait_for_first_rows(scene);
  scene.bus().kill9();
  REQUIRE(scene.is_drained());
  check_nothing_missing(scene, 5000);
}

TEST_CASE("a daemon that is stopped hands back in order, and a stand-by goes on") {
  ON_EACH_STORE(store);
  Scene scene(store);
  push_numbered(scene, store, 5000);
  wait_for_first_rows(scene);
  CHECK(scene.bus().terminate() == ExitStatus{0, 0});
  CHECK(scene.redis().command({"KEYS", "*:inflight:*"}).elements.empty());
  CHECK(scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:owner"}).integer == 0);
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "5000");
  check_order(scene);
}

TEST_CASE("a daemon with nothing left to do ends at once") {
  ON_EACH_STORE(store);
  Scene scene(store);
  CHECK(scene.value("select 1") == "1");
  scene.push(scene.request("select 2", false));
  const auto begun = std::chrono::steady_clock::now();
  CHECK(scene.bus().terminate() == ExitStatus{0, 0});
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
}

TEST_CASE("a suspect for a database that is down holds nobody else up") {
  TempDir dir;
  Scene scene(Store::kPostgres, {.limits = "lease = 1s",
                                 .other_sections = "[lite]\n" + sqlite_section(dir / "l.db")});
  REQUIRE(scene.value("select 1") == "1");
  scene.postgres().stop();
  scene.push(scene.request("create table t (i integer)", false));
  REQUIRE(eventually([&] { return scene.redis().command({"EXISTS", kQueue}).integer == 0; }));
  scene.bus().kill9();
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  auto query = scene.request("select 42");
  query.database = "lite";
  const auto response = scene.ask(query);
  REQUIRE(response.rows.size() == 1);
  CHECK(response.rows[0][0].text == "42");
  scene.postgres().start();
  CHECK(scene.value("select count(*) from t") == "0");
}

TEST_CASE("connections that are cut one by one under load lose nothing and keep the order") {
  ON_EACH_STORE(store);
  Scene scene(store);
  push_numbered(scene, store, 5000);
  for (const std::string name : {"sqlbus-pop", "sqlbus-control", "sqlbus-control"}) {
    for (const auto& line : lines_of(scene.redis().command({"CLIENT", "LIST"}).text)) {
      if (line.find("name=" + name) == std::string::npos) continue;
      const auto id = line.substr(3, line.find(' ') - 3);
      scene.redis().command({"CLIENT", "KILL", "ID", id});
    }
    scene.redis().command({"SCRIPT", "FLUSH"});
  }
  REQUIRE(scene.is_drained());
  check_order(scene);
  CHECK(scene.value("select count(distinct i) from t") == "5000");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a Redis that is killed and comes back loses nothing") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  scene.push_all(inserts(0, 5000));
  // What Redis has not yet written may be lost with it; that is its setting, not our matter.
  scene.redis().command({"CONFIG", "SET", "appendfsync", "always"});
  wait_for_first_rows(scene);
  scene.redis().kill9();
  scene.redis().restart();
  REQUIRE(scene.is_drained());
  check_nothing_missing(scene, 5000);
}

TEST_CASE("a database that is killed and comes back loses nothing") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  scene.push_all(inserts(0, 5000));
  wait_for_first_rows(scene);
  scene.postgres().kill9();
  scene.postgres().start();
  REQUIRE(scene.is_drained());
  check_nothing_missing(scene, 5000);
}

TEST_CASE("a database that is down is answered for at the DEADLINE, and its writes wait") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  scene.postgres().stop();
  scene.push_all(inserts(0, 10));
  auto query = scene.request("select count(*) from t");
  query.deadline =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
      std::chrono::milliseconds(800);
  const auto response = scene.ask(query);
  CHECK(response.error_id == static_cast<int>(ErrorId::kDatabaseUnavailable));
  scene.postgres().start();
  CHECK(scene.value("select count(*) from t") == "10");
}

TEST_CASE("the bus starts without Redis and without its database, and says so") {
  PrivateRedis redis;
  const auto socket = redis.socket();
  redis.kill9();
  PrivateBus bus(bus_config({.redis_socket = socket,
                             .database = "driver = postgres\nserver = /nowhere\ndatabase = x\n"}));
  REQUIRE(bus.wait_ready());
  REQUIRE(eventually([&] {
    return bus.log().find("degraded") != std::string::npos &&
           bus.log().find("database not available") != std::string::npos;
  }));
  redis.restart();
  CHECK(eventually([&] { return bus.log().find("queue owned") != std::string::npos; }));
  CHECK(bus.terminate() == ExitStatus{0, 0});
}

}  // namespace sqlbus::test
