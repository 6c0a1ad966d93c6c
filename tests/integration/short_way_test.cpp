// Queries that go the short way, on the daemon's loop: what is not simply answered there.
#include <chrono>
#include <string>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

EpochTime in(std::chrono::milliseconds time) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
         time;
}

Request with(Scene& scene, const std::string& sql, std::int64_t param) {
  auto request = scene.request(sql);
  request.statements[0].params = {{.kind = Value::Kind::kInteger, .integer = param, .text = {}}};
  return request;
}

// Until the driver keeps the statement prepared: what it does not, goes the other way.
void warm(Scene& scene, const std::string& sql) {
  for (int i = 0; i < 4; ++i) REQUIRE(scene.ask(with(scene, sql, 0)).error_id == 0);
}

constexpr const char* kSleep = "select pg_sleep($1)::text";
constexpr const char* kSleeping =
    "select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = "
    "'active'";

}  // namespace

TEST_CASE("a DEADLINE ends a query that runs the short way, and only that one") {
  Scene scene(Store::kPostgres);
  warm(scene, kSleep);
  auto slow = with(scene, kSleep, 60);
  slow.deadline = in(std::chrono::milliseconds(1500));
  const auto begun = std::chrono::steady_clock::now();
  CHECK(scene.ask(slow).error_id == static_cast<int>(ErrorId::kCancelled));
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
  for (int i = 0; i < 20; ++i) CHECK(scene.ask(with(scene, kSleep, 0)).error_id == 0);
}

TEST_CASE("a query whose session is lost on the short way is run again") {
  Scene scene(Store::kPostgres);
  warm(scene, kSleep);
  const auto slow = with(scene, kSleep, 1);
  scene.push(slow);
  REQUIRE(eventually([&] {
    return scene.postgres().query_value(
               "select count(pg_terminate_backend(pid)) from pg_stat_activity "
               "where query like 'select pg_sleep%' and state = 'active'") == "1";
  }));
  CHECK(scene.answer(slow.rchannel).error_id == 0);
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a write in a query's clothes takes effect once each time") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  REQUIRE(scene
              .ask("create function bump(integer) returns bigint language sql volatile as "
                   "'insert into t values ($1); select count(*) from t'")
              .error_id == 0);
  for (int i = 1; i <= 10; ++i) {
    const auto response = scene.ask(with(scene, "select bump($1)", i));
    CHECK(response.error_id == 0);
    CHECK(scene.value("select count(*) from t") == std::to_string(i));
  }
}

TEST_CASE("rows that nobody wants do not hold up what comes next") {
  Scene scene(Store::kPostgres);
  const std::string sql = "select generate_series(1, $1::bigint)";  // row by row
  for (int i = 0; i < 4; ++i) {
    auto many = with(scene, sql, i < 3 ? 20 : 1'000'000'000);
    many.rows_max = 10;
    const auto begun = std::chrono::steady_clock::now();
    const auto response = scene.ask(many);
    CHECK(response.error_id == 0);
    CHECK(response.is_truncated);
    CHECK(response.rows.size() == 10);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
  }
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a drain waits for a query on the short way, and for what came behind it") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  warm(scene, kSleep);
  const auto slow = with(scene, kSleep, 2);
  scene.push(slow);
  REQUIRE(eventually([&] { return scene.postgres().query_value(kSleeping) == "1"; }));
  scene.push(scene.request("insert into t values (1)", false));
  scene.bus().terminate();
  CHECK(scene.answer(slow.rchannel).error_id == 0);
  scene.bus().restart();
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "1");
}

TEST_CASE("a daemon killed with a query on the short way leaves it to the next one") {
  Scene scene(Store::kPostgres, {.limits = "lease = 1s"});
  warm(scene, kSleep);
  const auto slow = with(scene, kSleep, 1);
  scene.push(slow);
  REQUIRE(eventually([&] { return scene.postgres().query_value(kSleeping) == "1"; }));
  scene.bus().kill9();
  scene.bus().restart();
  CHECK(scene.answer(slow.rchannel).error_id == 0);
}

}  // namespace sqlbus::test
