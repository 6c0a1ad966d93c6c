// A DEADLINE while the statement runs: it is cancelled, rolled back, and its caller is told.
#include <chrono>
#include <string>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

int id_of(ErrorId error) { return static_cast<int>(error); }

EpochTime in(std::chrono::milliseconds time) {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
         time;
}

// A query that would run for a minute or so, and an insert of its rows.
std::string long_query(Store store) {
  if (store == Store::kPostgres || store == Store::kOdbcPostgres)
    return "select pg_sleep(60)::text";
  // A SLEEP that is cancelled is no failure to MariaDB.
  if (store == Store::kMariaDb) {
    return "select count(*) from seq_1_to_10000000 a, seq_1_to_10000000 b where a.seq <> b.seq";
  }
  return "with recursive c(x) as (select 1 union all select x + 1 from c where x < 3000000000) "
         "select max(x) from c";
}

void make_table(Scene& scene) {
  REQUIRE(scene.ask("create table t (i integer, s text)").error_id == 0);
}

}  // namespace

TEST_CASE("a query that runs at its DEADLINE is cancelled and answered with 1302") {
  ON_ALL_STORES(store);
  Scene scene(store);
  make_table(scene);
  auto request = scene.request(long_query(store));
  request.deadline = in(std::chrono::milliseconds(2500));
  const auto begun = std::chrono::steady_clock::now();
  const auto response = scene.ask(request);
  CHECK(response.error_id == id_of(ErrorId::kCancelled));
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));
  CHECK(scene.value("select count(*) from t") == "0");
}

TEST_CASE("a write that runs at its DEADLINE is rolled back, its neighbours are not") {
  ON_ALL_STORES(store);
  Scene scene(store);
  make_table(scene);
  scene.bus().terminate();
  scene.push(scene.request("insert into t (i) values (1)", false));
  auto slow = scene.request("insert into t (s) " + long_query(store), false);
  slow.deadline = in(std::chrono::milliseconds(6000));
  scene.push(slow);
  scene.push(scene.request("insert into t (i) values (2)", false));
  scene.bus().restart();
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t where i in (1, 2)") == "2");
  CHECK(scene.value("select count(*) from t") == "2");
  REQUIRE(scene.dead_count() == 1);
  CHECK(scene.dead().error == ErrorId::kCancelled);
  // It was not applied and has not failed for good: without the DEADLINE it may run.
  slow.deadline.reset();
  slow.statements[0].sql = "insert into t (i) values (3)";
  scene.push(slow);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t where i = 3") == "1");
}

TEST_CASE("a cancel that hits a statement without DEADLINE does no harm") {
  Scene scene(Store::kPostgres);
  make_table(scene);
  auto slow = scene.request("insert into t (s) select pg_sleep(1)::text");
  scene.push(slow);
  REQUIRE(eventually([&] {
    return scene.postgres().query_value(
               "select count(pg_cancel_backend(pid)) from pg_stat_activity "
               "where query like 'insert into t (s)%' and state = 'active'") == "1";
  }));
  CHECK(scene.answer(slow.rchannel).error_id == 0);
  CHECK(scene.value("select count(*) from t") == "1");
}

TEST_CASE("a DEADLINE that comes while another session holds the row is kept") {
  Scene scene(Store::kPostgres);
  make_table(scene);
  REQUIRE(scene.ask("insert into t (i) values (1)").error_id == 0);
  scene.postgres().exec("begin");
  scene.postgres().exec("update t set s = 'held'");
  auto request = scene.request("update t set s = 'mine'");
  request.deadline = in(std::chrono::milliseconds(2500));
  CHECK(scene.ask(request).error_id == id_of(ErrorId::kCancelled));
  scene.postgres().exec("rollback");
  CHECK(scene.value("select coalesce(s, '') from t") == "");
}

TEST_CASE("a NOT_BEFORE is kept over a take-over") {
  ON_ALL_STORES(store);
  Scene scene(store, {.limits = "lease = 1s"});
  make_table(scene);
  auto later = scene.request("insert into t (i) values (1)");
  later.not_before = in(std::chrono::milliseconds(3000));
  scene.push(later);
  REQUIRE(eventually([&] {
    return scene.redis().command({"ZCARD", "{SqlBusDefaultQueue}:delayed"}).integer == 1;
  }));
  scene.bus().kill9();
  scene.bus().restart();
  CHECK(scene.answer(later.rchannel).error_id == 0);
  CHECK(in(std::chrono::milliseconds(0)) >= *later.not_before);
  CHECK(scene.value("select count(*) from t") == "1");
}

}  // namespace sqlbus::test
