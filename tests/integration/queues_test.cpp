// Several queues, several databases, and the ways to reach Redis.
#include <string>

#include "protocol/request_codec.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {

TEST_CASE("a higher queue is emptied first") {
  Scene scene(Store::kSqlite, {.queue = "high, low", .starts_bus = false});
  for (int i = 0; i < 100; ++i) {
    for (const std::string queue : {"low", "high"}) {
      scene.push(encode_request(scene.request("insert into t (q) values ('" + queue + "')", false)),
                 queue);
    }
  }
  const auto create =
      encode_request(scene.request("create table t (n integer primary key, q text)", false));
  REQUIRE_FALSE(scene.redis().command({"RPUSH", "high", create}).is_error());
  scene.start_bus();
  auto query = scene.request("select max(n) from t where q = 'high'");
  REQUIRE(eventually([&] {
    return scene.redis().command({"EXISTS", "low", "high"}).integer == 0 &&
           scene.redis().command({"KEYS", "*:inflight:*"}).elements.empty();
  }));
  scene.push(encode_request(query), "high");
  CHECK(scene.answer(query.rchannel).rows[0][0].text == "100");
}

TEST_CASE("a request runs on the database that it names") {
  TempDir dir;
  Scene scene(Store::kSqlite, {.other_sections = "[other]\n" + sqlite_section(dir / "other.db")});
  auto create = scene.request("create table only_there (i integer)");
  create.database = "other";
  CHECK(scene.ask(create).error_id == 0);
  CHECK(scene.ask("select * from only_there").sqlstate == "42P01");
  auto query = scene.request("select count(*) from only_there");
  query.database = "other";
  CHECK(scene.ask(query).error_id == 0);
}

TEST_CASE("an urgent request is taken next") {
  Scene scene(Store::kSqlite, {.starts_bus = false});
  for (int i = 0; i < 10; ++i) {
    scene.push(scene.request("insert into t (u) values (0)", false));
  }
  for (const std::string sql :
       {"insert into t (u) values (1)", "create table t (n integer primary key, u integer)"}) {
    const auto urgent = encode_request(scene.request(sql, false));
    REQUIRE_FALSE(scene.redis().command({"RPUSH", kQueue, urgent}).is_error());
  }
  scene.start_bus();
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select n from t where u = 1") == "1");
}

TEST_CASE("Redis is reached by TCP, with a password, an ACL user and another database") {
  PrivateRedis redis({.password = "se;cret #1", .has_tcp = true});
  REQUIRE_FALSE(redis.command({"ACL", "SETUSER", "bus", "on", ">p w", "~*", "+@all"}).is_error());
  TempDir dir;
  const auto address = "host = 127.0.0.1\nport = " + std::to_string(redis.port()) + "\n";
  for (const std::string who : {"password = se;cret #1\n", "username = bus\npassword = p w\n"}) {
    CAPTURE(who);
    PrivateBus bus("[default]\ndatabase = main\n[redis]\n" + address + who + "database = 3\n" +
                   "[main]\n" + sqlite_section(dir / "main.db"));
    REQUIRE(bus.wait_ready());
    REQUIRE(eventually([&] { return bus.log().find("queue owned") != std::string::npos; }));
    CHECK(redis.command({"SELECT", "3"}).text == "OK");
    CHECK(redis.command({"EXISTS", "{SqlBusDefaultQueue}:owner"}).integer == 1);
    CHECK(bus.terminate() == ExitStatus{0, 0});
    CHECK(bus.log().find("se;cret") == std::string::npos);
  }
  PrivateBus wrong("[default]\ndatabase = main\n[redis]\n" + address +
                   "password = wrong\n[main]\n" + sqlite_section(dir / "main.db"));
  REQUIRE(wrong.wait_ready());
  CHECK(eventually([&] { return wrong.log().find("WRONGPASS") != std::string::npos; }));
}

}  // namespace sqlbus::test
