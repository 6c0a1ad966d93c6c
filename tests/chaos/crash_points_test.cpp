// The daemon dies at each of its crash points, and nothing is lost, doubled or out of order.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request_codec.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/private_bus.hpp"

namespace sqlbus::test {
namespace {

constexpr int kInserts = 200;
constexpr int kBlockingNumber = kInserts;  // the last, whose caller waits
constexpr std::chrono::seconds kDeathLimit{30};
constexpr std::string_view kReplay = "{SqlBusDefaultQueue}:replay";

// Small claims and groups, and little in flight: each point is passed several times, a settlement
// four times at least, however much of it goes together.
Scene::Options options() {
  return {.limits =
              "lease = 1s\ninflight_max = 60\nclaim_max = 40\ngroup_max = 16\n"
              "retry_base = 20ms\nretry_cap = 200ms"};
}

std::string insert(int number) {
  return "insert into t (i) values (" + std::to_string(number) + ")";
}

void make_table(Scene& scene, Store store) {
  const std::string key = store == Store::kSqlite ? "integer" : "serial";
  REQUIRE(scene.ask("create table t (n " + key + " primary key, i integer)").error_id == 0);
}

// Numbered inserts, and behind them one whose caller waits; returns that one's reply channel.
std::string push_all(Scene& scene) {
  std::vector<std::string> statements;
  statements.reserve(kInserts);
  for (int i = 0; i < kInserts; ++i) statements.push_back(insert(i));
  scene.push_all(statements);
  const auto blocking = scene.request(insert(kBlockingNumber) + " returning i");
  scene.push(blocking);
  return blocking.rchannel.str();
}

// A daemon that dies at a point; the test fails where it does not come to it.
void die_at(Scene& scene, const std::string& point) {
  PrivateBus bus(scene.config(), {}, {"SQLBUS_CRASH_AT=" + point});
  const auto status = bus.process().wait(kDeathLimit);
  INFO(bus.log());
  REQUIRE_MESSAGE(status.has_value(), point << " was not reached");
  CHECK(status->signal == SIGKILL);
}

void check_all_is_well(Scene& scene, const std::string& channel) {
  const auto response = scene.answer(channel);
  INFO(response.message);
  CHECK(response.error_id == 0);
  REQUIRE(response.rows.size() == 1);
  CHECK(response.rows[0][0].text == std::to_string(kBlockingNumber));
  REQUIRE(scene.is_drained());
  const std::string mine = " from t where i <= " + std::to_string(kBlockingNumber);
  CHECK(scene.value("select count(*)" + mine) == std::to_string(kInserts + 1));
  CHECK(scene.value("select count(distinct i)" + mine) == std::to_string(kInserts + 1));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step" + mine +
                    ") x where step <= 0") == "0");
  CHECK(scene.dead_count() == 0);
}

void start_normal_bus(Scene& scene) {
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
}

// Lets daemons die one after the other at the given points.
void check_points(Store store, const std::vector<std::string>& points) {
  Scene scene(store, options());
  make_table(scene, store);
  scene.bus().terminate();
  const auto channel = push_all(scene);
  for (const std::string& point : points) die_at(scene, point);
  start_normal_bus(scene);
  check_all_is_well(scene, channel);
}

}  // namespace

TEST_CASE("a daemon dies where it claims, runs, commits or settles, early and later") {
  ON_EACH_STORE(store);
  for (const std::string point :
       {"claimed", "claimed:3", "executing", "executing:4", "ledger_written", "ledger_written:5",
        "before_commit", "before_commit:5", "after_commit", "after_commit:5", "before_settle",
        "before_settle:3", "after_settle", "after_settle:3"}) {
    CAPTURE(point);
    check_points(store, {point});
  }
}

TEST_CASE("its successor dies too, at the take-over") {
  ON_EACH_STORE(store);
  for (const std::string point : {"before_return", "after_return"}) {
    CAPTURE(point);
    check_points(store, {"claimed", point});
  }
}

TEST_CASE("two daemons die with the same requests, and the third goes on") {
  ON_EACH_STORE(store);
  for (const std::string point : {"executing", "before_commit", "after_commit", "before_settle"}) {
    CAPTURE(point);
    check_points(store, {point, point});
  }
}

TEST_CASE("a daemon dies while it moves requests of a database that is down") {
  Scene scene(Store::kPostgres, options());
  make_table(scene, Store::kPostgres);
  scene.bus().terminate();
  scene.postgres().stop();
  const auto channel = push_all(scene);
  die_at(scene, "moving");
  scene.postgres().start();
  start_normal_bus(scene);
  check_all_is_well(scene, channel);
}

TEST_CASE("a daemon dies with a request that an operator has sent again") {
  ON_EACH_STORE(store);
  Scene scene(store, options());
  make_table(scene, store);
  scene.bus().terminate();
  const auto channel = push_all(scene);
  const int replayed = kBlockingNumber + 1;
  scene.push(encode_request(scene.request(insert(replayed), false)), kReplay);
  die_at(scene, "replaying");
  start_normal_bus(scene);
  check_all_is_well(scene, channel);
  REQUIRE(eventually([&] { return scene.redis().command({"EXISTS", kReplay}).integer == 0; }));
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t where i = " + std::to_string(replayed)) == "1");
  CHECK(scene.dead_count() == 0);
}

// 1301 would say that it was not started, and the caller would do it again by other means.
TEST_CASE("a write that was committed before its DEADLINE is not answered as expired after it") {
  ON_EACH_STORE(store);
  Scene scene(store, options());
  make_table(scene, store);
  scene.bus().terminate();
  auto request = scene.request(insert(1) + " returning i");
  const auto deadline =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
      std::chrono::seconds(3);
  request.deadline = deadline;
  scene.push(request);
  die_at(scene, "after_commit");
  REQUIRE(eventually([&] { return std::chrono::system_clock::now() > deadline; }));
  start_normal_bus(scene);
  const auto response = scene.answer(request.rchannel);
  INFO(response.message);
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(response.error_id == 0);
}

TEST_CASE("a request that was pushed several times has lost one delivery after one death") {
  ON_EACH_STORE(store);
  Scene scene(store, options());
  make_table(scene, store);
  scene.bus().terminate();
  const auto request = scene.request(insert(1), false);
  for (int copy = 0; copy < 3; ++copy) scene.push(request);
  die_at(scene, "claimed");
  start_normal_bus(scene);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(scene.dead_count() == 0);
}

}  // namespace sqlbus::test
