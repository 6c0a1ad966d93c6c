// Owners that stop, die, and come back: one of them acts at a time, and nothing is done twice.
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

// More than is done in the time between a look at the queue and the signal that follows.
constexpr int kAtOnce = 20000;

void make_table(Scene& scene, Store store) {
  REQUIRE(scene.ask("create table t (n " + numbered_key(store) + ", i integer)").error_id == 0);
}

void push_numbers(Scene& scene, int from, int to) {
  std::vector<std::string> statements;
  for (int i = from; i < to; ++i) {
    statements.push_back("insert into t (i) values (" + std::to_string(i) + ")");
  }
  scene.push_all(statements);
}

int log_count(const PrivateBus& bus, std::string_view text) {
  const auto log = bus.log();
  int count = 0;
  for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
  return count;
}

void check_once_in_order(Scene& scene, int count) {
  CHECK(scene.value("select count(*) from t") == std::to_string(count));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                    "where step <> 1") == "0");
}

}  // namespace

TEST_CASE("an owner that is stopped in mid-transaction and goes on later does nothing twice") {
  ON_EACH_STORE(store);
  Scene scene(store, {.limits = "lease = 1s"});
  make_table(scene, store);
  PrivateBus stand_by(scene.config());
  REQUIRE(stand_by.wait_ready());
  for (int round = 0; round < 3; ++round) {
    auto& owner = round % 2 == 0 ? scene.bus() : stand_by;
    auto& other = round % 2 == 0 ? stand_by : scene.bus();
    const int lost = log_count(owner, "queue lost");
    const int owned = log_count(other, "queue owned");
    push_numbers(scene, round * kAtOnce, (round + 1) * kAtOnce);
    REQUIRE(eventually([&] {
      return scene.redis().command({"LLEN", kQueue}).integer < kAtOnce - 500;
    }));
    owner.process().kill(SIGSTOP);
    REQUIRE(eventually([&] { return log_count(other, "queue owned") > owned; }));
    REQUIRE(scene.is_drained());
    owner.process().kill(SIGCONT);
    REQUIRE(eventually([&] { return log_count(owner, "queue lost") > lost; }));
  }
  check_once_in_order(scene, 3 * kAtOnce);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("the sessions of a stopped owner do not keep its locks") {
  Scene scene(Store::kPostgres, {.limits = "lease = 1s"});
  make_table(scene, Store::kPostgres);
  REQUIRE(scene.ask("insert into t (i) values (0)").error_id == 0);
  PrivateBus stand_by(scene.config());
  REQUIRE(stand_by.wait_ready());
  // The owner holds a row lock in a statement that goes on for long.
  scene.push(
      scene.request("update t set i = i + 1 where pg_sleep(case when i >= 0 then 30 end) is "
                    "not null",
                    false));
  REQUIRE(eventually([&] {
    return scene.postgres().query_value(
               "select count(*) from pg_stat_activity where query like "
               "'update t%' and state = 'active'") == "1";
  }));
  const auto pid = scene.postgres().query_value(
      "select pid from pg_stat_activity where query like 'update t%' and state = 'active'");
  scene.bus().process().kill(SIGSTOP);
  CHECK(eventually(
      [&] {
        return scene.postgres().query_value("select count(*) from pg_stat_activity where pid = " +
                                            pid) == "0";
      },
      std::chrono::seconds(20)));
  CHECK(eventually(
      [&] { return stand_by.log().find("ended database sessions") != std::string::npos; }));
  scene.bus().process().kill(SIGCONT);
}

TEST_CASE("a request that kills the daemon is found among 500, and is the only dead letter") {
  Scene scene(Store::kSqlite, {.limits = "lease = 1s\n",
                               .other_sections = "[killer]\ndriver = " SQLBUS_BUILD_DIR
                                                 "/tests/drivers/plain_c_good.so\n"});
  make_table(scene, Store::kSqlite);
  scene.bus().terminate();
  for (int i = 0; i < 500; ++i) {
    auto request = scene.request("insert into t (i) values (" + std::to_string(i) + ")", false);
    if (i == 250) {
      request.statements[0].sql = "die";
      request.database = "killer";
    }
    scene.push(request);
  }
  for (int life = 0; life < 30; ++life) {
    scene.bus().restart();
    const auto ended = [&] { return !scene.bus().process().is_running() || scene.is_empty(); };
    REQUIRE(eventually(ended, std::chrono::seconds(30)));
    if (scene.bus().process().is_running()) break;
  }
  REQUIRE(scene.bus().process().is_running());
  CHECK(scene.value("select count(*) from t") == "499");
  REQUIRE(scene.dead_count() == 1);
  CHECK(scene.dead().error == ErrorId::kDeliveriesExhausted);
}

TEST_CASE("a Redis that is started anew without its scripts is served on") {
  ON_EACH_STORE(store);
  Scene scene(store);
  make_table(scene, store);
  push_numbers(scene, 0, 1000);
  scene.redis().restart();
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 1000);
}

}  // namespace sqlbus::test
