// sqlbus::Fake as tests of others' programs use it: through its header, by the library, by the
// command, and by whatever speaks to a Redis.
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "client/sqlbus.hpp"
#include "client/testing/sqlbus_fake.hpp"
#include "tests/integration/library_handle.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/redis_client.hpp"

namespace sqlbus::test {
namespace {

using Cells = std::vector<Fake::Cell>;

RedisClient connect(const Fake& fake) {
  return RedisClient::over_socket(fake.url().substr(std::string("unix://").size()));
}

SqlbusRun query(const Fake& fake, const std::string& sql) {
  return run_sqlbus({"query", sql, "--redis", fake.url(), "--timeout", "5s"});
}

std::string envelope(const std::string& uuid, const std::string& sql,
                     const std::string& more = {}) {
  return R"({"UUID":")" + uuid +
         R"(","APP":"t","PID":1,"TYPE":"REQUEST","SYNC":true,"RCHANNEL":")" + uuid +
         R"(","TIMESTAMP":0,"STATEMENT":")" + sql + "\"" + more + "}";
}

}  // namespace

TEST_CASE("a fake shows what a program sent, and has executed it") {
  Fake fake;
  fake.execute("create table orders (id integer, item text)");
  LibraryHandle bus(fake.url());
  REQUIRE(bus.opened() == SQLBUS_E_OK);
  const sqlbus_param params[] = {sqlbus_param_int(42), sqlbus_param_text("bolts")};
  auto request = library_request("insert into orders values (?, ?)");
  request.params = params;
  request.param_count = 2;
  request.key = "shop";
  CHECK(bus.send(request) == SQLBUS_E_OK);
  const auto sent = fake.requests();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].sql() == "insert into orders values (?, ?)");
  CHECK(sent[0].params() == Cells{"42", "bolts"});
  CHECK(sent[0].key == "shop");
  CHECK(sent[0].queue == "SqlBusDefaultQueue");
  CHECK_FALSE(sent[0].sync);
  CHECK(fake.execute("select id, item, null from orders") ==
        std::vector<Fake::Row>{{"42", "bolts", std::nullopt}});
  CHECK(fake.dead().empty());
}

TEST_CASE("a program that uses the client for C++ runs on a fake as it is") {
  Fake fake;
  fake.execute("create table orders (id integer primary key, item text)");
  Client bus(fake.url());
  bus.send("insert into orders values (?, ?)", 42, "bolts");
  std::string items;
  for (const auto& row : bus.query("select item from orders where id = ?", 42).rows()) {
    items += row.get<std::string>("item");
  }
  CHECK(items == "bolts");
  CHECK(fake.requests()[0].params() == Cells{"42", "bolts"});
  CHECK_THROWS_AS(bus.query("insert into orders values (42, 'nuts')"), ConstraintViolation);
  auto later = bus.query_async("select count(*) as orders from orders");
  for (const auto& row : later.get().rows()) CHECK(row.get<int>("orders") == 1);
}

TEST_CASE("a fake answers queries as the bus does on SQLite") {
  Fake fake;
  fake.execute("create table t (i integer, s text)");
  fake.execute("insert into t values (1, 'one'), (2, null)");
  const auto rows = query(fake, "select i, s from t order by i");
  INFO(rows.output);
  CHECK(rows.code == 0);
  CHECK(rows.holds("one"));
  const auto missing = query(fake, "select * from nowhere");
  CHECK(missing.code == 1);
  CHECK(missing.holds("42P01"));
  const auto refused = query(fake, "begin");
  CHECK(refused.holds("1304"));
  const auto vacuum = query(fake, "vacuum");
  INFO(vacuum.output);
  CHECK(vacuum.code == 0);
}

TEST_CASE("a fake answers what the test has told it, whatever the blanks") {
  Fake fake;
  fake.on("select price from catalog where item = $1")
      .rows({"price", {"count", "int"}}, {{"0.42", "7"}, {std::nullopt, "0"}});
  auto redis = connect(fake);
  redis.command({"LPUSH", "q",
                 envelope("1", " select price\\n from  catalog where item = $1 ",
                          R"(,"PARAMS":["bolts"],"TYPED":true)")});
  const auto answer = redis.command({"BRPOP", "1", "5"});
  REQUIRE(answer.elements.size() == 2);
  CHECK(answer[1].text.find(R"("RESULT":[["0.42",7],[null,0]])") != std::string::npos);
  CHECK(answer[1].text.find(R"("TYPES":["text","int"])") != std::string::npos);

  fake.on("delete from catalog").changes(12);
  CHECK(query(fake, "delete from catalog").holds("AFFECTED 12"));
  fake.on("insert into catalog values (1)")
      .fails({.error_id = -1, .message = "there is one", .sqlstate = "23505"});
  CHECK(query(fake, "insert into catalog values (1)").holds("23505"));
  LibraryHandle bus(fake.url());
  CHECK(bus.send("insert into catalog values (1)") == SQLBUS_E_OK);
  const auto dead = fake.dead();
  REQUIRE(dead.size() == 1);  // those that somebody waits for are answered instead
  CHECK(dead.back().failure.sqlstate == "23505");
  CHECK(dead.back().failure.message == "there is one");
}

TEST_CASE(
    "a copy of a request takes effect once on a fake, and another one under its UUID is refused") {
  Fake fake;
  fake.execute("create table t (i integer)");
  auto redis = connect(fake);
  for (int i = 0; i < 2; ++i) {
    redis.command({"LPUSH", "q", envelope("same", "insert into t values (1)")});
  }
  const auto first = redis.command({"BRPOP", "same", "5"});
  const auto second = redis.command({"BRPOP", "same", "5"});
  CHECK(first[1].text.find("DUPLICATE") == std::string::npos);
  CHECK(second[1].text.find(R"("DUPLICATE":true)") != std::string::npos);
  CHECK(fake.execute("select count(*) from t")[0][0] == "1");
  redis.command({"LPUSH", "q", envelope("same", "insert into t values (2)")});
  CHECK(redis.command({"BRPOP", "same", "5"})[1].text.find("1305") != std::string::npos);
  CHECK(fake.requests().size() == 3);
}

TEST_CASE("what a test makes fail fails, once") {
  Fake fake;
  fake.fail_next({.error_id = 1202, .message = "away"});
  CHECK(query(fake, "select 1").holds("1202"));
  CHECK(query(fake, "select 1").code == 0);
  LibraryHandle bus(fake.url());
  fake.execute("create table t (i integer)");
  fake.break_next(Fake::Break::kAfter);
  CHECK(bus.send("insert into t values (1)") == SQLBUS_E_UNCLEAR);
  CHECK(fake.execute("select count(*) from t")[0][0] == "1");
  fake.break_next(Fake::Break::kBefore);
  CHECK(bus.send("insert into t values (2)") == SQLBUS_E_UNCLEAR);
  CHECK(fake.execute("select count(*) from t")[0][0] == "1");
  CHECK(bus.send("insert into t values (3)") == SQLBUS_E_OK);
}

TEST_CASE("a paused fake keeps what comes, and goes on with it") {
  Fake fake;
  fake.execute("create table t (i integer)");
  fake.pause();
  auto options = library_options();
  options.queue_max = 2;
  LibraryHandle bus(fake.url(), options);
  CHECK(bus.send("insert into t values (1)") == SQLBUS_E_OK);
  CHECK(bus.send("insert into t values (2)") == SQLBUS_E_OK);
  CHECK(bus.send("insert into t values (3)") == SQLBUS_E_FULL);
  CHECK(fake.execute("select count(*) from t")[0][0] == "0");
  auto redis = connect(fake);
  redis.command({"LPUSH", "q", envelope("late", "select 1")});
  std::thread test([&] { fake.resume(); });
  CHECK(redis.command({"BRPOP", "late", "5"}).elements.size() == 2);
  test.join();
  CHECK(fake.execute("select count(*) from t")[0][0] == "2");
}

TEST_CASE("a fake can be out of reach, and come back") {
  Fake fake;
  LibraryHandle bus(fake.url());
  CHECK(bus.send("create table t (i integer)") == SQLBUS_E_OK);
  fake.unplug();
  CHECK(bus.send("insert into t values (1)") == SQLBUS_E_CONNECT);
  CHECK(query(fake, "select 1").code == 3);
  fake.plug();
  CHECK(bus.send("insert into t values (2)") == SQLBUS_E_OK);
  CHECK(fake.execute("select i from t") == std::vector<Fake::Row>{{"2"}});
}

TEST_CASE("the clock of a fake goes on when the test says so") {
  Fake fake;
  auto redis = connect(fake);
  const auto now = std::stoll(redis.command({"TIME"})[0].text);
  redis.command({"LPUSH", "q",
                 envelope("later", "select 1", ",\"NOT_BEFORE\":" + std::to_string(now + 3600))});
  CHECK(redis.command({"RPOP", "later"}).is_nil());
  fake.advance(std::chrono::hours(2));
  CHECK_FALSE(redis.command({"RPOP", "later"}).is_nil());
  CHECK(std::stoll(redis.command({"TIME"})[0].text) >= now + 7200);
  redis.command(
      {"LPUSH", "q", envelope("expired", "select 1", ",\"DEADLINE\":" + std::to_string(now + 60))});
  CHECK(redis.command({"RPOP", "expired"}).text.find("1301") != std::string::npos);
}

TEST_CASE("threads with a fake each get what they sent, and nothing of others") {
  Fake fake;
  fake.execute("create table t (i integer)");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&fake] {
      LibraryHandle bus(fake.url());
      for (int i = 0; i < 200; ++i) bus.send("insert into t values (1)");
    });
  }
  CHECK(fake.wait_for_requests(800, std::chrono::seconds(30)));
  for (auto& thread : threads) thread.join();
  CHECK(fake.execute("select count(*) from t")[0][0] == "800");
  CHECK_FALSE(fake.wait_for_requests(801, std::chrono::milliseconds(1)));
}

TEST_CASE(
    "a fake that nobody answers in time says so to who waits, and refuses what it does not know") {
  Fake fake;
  auto redis = connect(fake);
  CHECK(redis.command({"BRPOP", "nothing", "0.01"}).is_nil());
  CHECK(redis.command({"FLUSHALL"}).is_error());
  CHECK(redis.command({"LPUSH", "q"}).is_error());
  redis.command({"LPUSH", "q", "no json"});
  REQUIRE(fake.dead().size() == 1);
  CHECK(fake.dead()[0].failure.error_id == 1001);
  CHECK_THROWS_AS(fake.execute("nonsense"), std::runtime_error);
}

}  // namespace sqlbus::test
