// DEADLINE and NOT_BEFORE, by the clock of Redis.
#include <chrono>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

using std::chrono::milliseconds;

EpochTime in(milliseconds time) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
         time;
}

constexpr std::string_view kDelayed = "{SqlBusDefaultQueue}:delayed";

}  // namespace

TEST_CASE("an expired request is answered with EXPIRED, or dropped, and never runs") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  auto late = scene.request("insert into t values (1)");
  late.deadline = in(milliseconds(-1));
  CHECK(scene.ask(late).error_id == static_cast<int>(ErrorId::kExpired));
  auto dropped = scene.request("insert into t values (2)", false);
  dropped.deadline = in(milliseconds(-1));
  scene.push(dropped);
  auto in_time = scene.request("insert into t values (3)");
  in_time.deadline = in(milliseconds(60000));
  CHECK(scene.ask(in_time).error_id == 0);
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("NOT_BEFORE holds a request back, and the others go on") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  auto later = scene.request("insert into t values (1)");
  later.not_before = in(milliseconds(700));
  scene.push(later);
  CHECK(scene.value("select count(*) from t") == "0");
  CHECK(scene.redis().command({"ZCARD", kDelayed}).integer == 1);
  CHECK(scene.answer(later.rchannel).error_id == 0);
  CHECK(in(milliseconds(0)) >= *later.not_before);
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(scene.redis().command({"ZCARD", kDelayed}).integer == 0);
}

TEST_CASE("a DEADLINE before the NOT_BEFORE is answered when it comes") {
  Scene scene(Store::kSqlite);
  auto never = scene.request("select 1");
  never.not_before = in(std::chrono::hours(1));
  never.deadline = in(milliseconds(500));
  CHECK(scene.ask(never).error_id == static_cast<int>(ErrorId::kExpired));
}

TEST_CASE("delayed requests of one moment keep their order, over a restart too") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask("create table t (n integer primary key, i integer)").error_id == 0);
  const auto moment = in(milliseconds(1500));
  for (int i = 0; i < 20; ++i) {
    auto later = scene.request("insert into t (i) values (" + std::to_string(i) + ")", false);
    later.not_before = moment;
    scene.push(later);
  }
  REQUIRE(eventually([&] { return scene.redis().command({"ZCARD", kDelayed}).integer == 20; }));
  scene.bus().kill9();
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  REQUIRE(eventually(
      [&] {
        return scene.redis().command({"ZCARD", kDelayed}).integer == 0;
      },
      milliseconds(20000)));
  CHECK(scene.value("select count(*) from t where n = i + 1") == "20");
}

}  // namespace sqlbus::test
