// A PostgreSQL with a standby: which of them serves, and what a promotion under load costs.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

// The scene's PostgreSQL is the primary; each commit waits for the standby.
struct Pair {
  Pair() {
    primary.exec("alter system set synchronous_standby_names = '*'");
    primary.exec("select pg_reload_conf()");
    REQUIRE(eventually([&] {
      return primary.query_value("select sync_state from pg_stat_replication") == "sync";
    }));
  }
  // The scene's file with these as the servers of its database.
  std::string config(const std::string& servers, const std::string& lines = "") const {
    auto text = scene.config();
    const auto from = "server = " + primary.host() + "\n";
    return text.replace(text.find(from), from.size(), "server = " + servers + "\n" + lines);
  }
  void push_numbers(int from, int to) {
    std::vector<std::string> statements;
    for (int i = from; i < to; ++i) {
      statements.push_back("insert into t (i) values (" + std::to_string(i) + ")");
    }
    scene.push_all(statements);
  }
  std::int64_t left() {
    return scene.redis().command({"LLEN", kQueue}).integer +
           scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:main"}).integer;
  }

  Scene scene{Store::kPostgres, {.starts_bus = false}};
  PrivatePostgres& primary = scene.postgres();
  PrivatePostgres standby{{.primary = &primary}};
};

}  // namespace

TEST_CASE("a standby that is promoted under load takes over: nothing is lost, nothing twice") {
  constexpr int kRows = 20000;
  Pair pair;
  PrivateBus bus(pair.config(pair.primary.host() + "," + pair.standby.host()));
  REQUIRE(bus.wait_ready());
  REQUIRE(pair.scene.ask("create table t (n serial primary key, i integer)").error_id == 0);
  pair.push_numbers(0, kRows);
  REQUIRE(eventually([&] { return pair.left() < kRows - 2000; }));
  const auto begin = std::chrono::steady_clock::now();
  pair.primary.kill9();
  pair.standby.promote();
  const auto at_promotion = pair.standby.query_value("select count(*) from t");
  CHECK(std::stoi(at_promotion) < kRows);
  REQUIRE(
      eventually([&] { return pair.standby.query_value("select count(*) from t") != at_promotion; },
                 std::chrono::seconds(30)));
  const std::chrono::duration<double> delay = std::chrono::steady_clock::now() - begin;
  MESSAGE("seconds from the primary's end to the next commit: ", delay.count());
  pair.push_numbers(kRows, kRows + 1000);
  REQUIRE(eventually([&] { return pair.left() == 0; }, std::chrono::seconds(60)));
  REQUIRE(pair.scene.is_drained());
  CHECK(pair.standby.query_value("select count(*) from t") == std::to_string(kRows + 1000));
  CHECK(pair.standby.query_value("select count(*) from (select i - lag(i) over (order by n) as "
                                 "step from t) x where step <> 1") == "0");
  CHECK(pair.scene.dead_count() == 0);
}

TEST_CASE("of several hosts the one that takes writes serves, and a standby alone is down") {
  Pair pair;
  const auto both = pair.standby.host() + "," + pair.primary.host();
  PrivateBus bus(pair.config(both));
  REQUIRE(bus.wait_ready());
  CHECK(pair.scene.ask("create table t (i integer)").error_id == 0);
  bus.terminate();

  bus.restart(pair.config(pair.standby.host(), "target = primary\n"));
  REQUIRE(eventually([&] { return bus.log().find("database main") != std::string::npos; }));
  CHECK(bus.log().find("database connected") == std::string::npos);
  pair.scene.push(pair.scene.request("insert into t values (1)", false));
  REQUIRE(eventually([&] { return pair.left() == 1; }));
  bus.terminate();

  // Who asks for no primary may read a standby.
  bus.restart(pair.config(pair.standby.host(), "exactly_once = no\n"));
  REQUIRE(bus.wait_ready());
  CHECK(pair.scene.value("select pg_is_in_recovery()") == "true");
}

}  // namespace sqlbus::test
