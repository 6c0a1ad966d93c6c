// `sqlbus doctor` on a bus that is well, and on some that are not.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

SqlbusRun look(Scene& scene, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"doctor", "--config", scene.bus().config_file()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_sqlbus(std::move(arguments));
}

}  // namespace

TEST_CASE("a bus that is well has nothing to be done, on every database") {
  ON_ALL_STORES(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  const auto ran = look(scene);
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.count("FAIL") == 0);
  CHECK(ran.holds("0 failures, 0 warnings"));
  for (const auto* part :
       {"ok    redis: ", "ok    redis persistence: appendonly yes, appendfsync everysec",
        "ok    redis memory: noeviction", "ok    redis rights: user default may",
        "ok    redis clock: ", "ok    database main: ", "ledger: sqlbus_ledger is there",
        "ok    queue SqlBusDefaultQueue: sqlbusd ", "dead letters: none",
        "ok    round trip SqlBusDefaultQueue, database main: "}) {
    CAPTURE(part);
    CHECK(ran.holds(part));
  }
  CHECK(ran.count("clock: the database is ") == (store == Store::kSqlite ? 0 : 1));
  // It leaves nothing: no row in the ledger, no key in Redis, no table.
  CHECK(look(scene).code == 0);
  CHECK(scene.value("select count(*) from sqlbus_ledger") == "1");
  CHECK(scene.dead_count() == 0);
  const auto json = look(scene, {"--json"});
  CHECK(json.code == 0);
  CHECK(json.count("\n") == 1);
  CHECK(json.holds(R"({"checks":[{"check":"redis","level":"ok","finding":")"));
  CHECK(json.holds(R"("failures":0,"warnings":0})"));
}

TEST_CASE(
    "a doctor without the bus's file looks at what Redis tells, and asks the default database") {
  Scene scene(Store::kSqlite);
  const auto ran = run_sqlbus({"doctor", "--redis", "unix://" + scene.redis().socket()});
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.holds("database by default: SQLITE has answered"));
}

TEST_CASE("a Redis that may lose requests is named, with the command that mends it") {
  Scene scene(Store::kSqlite);
  scene.redis().command({"CONFIG", "SET", "appendonly", "no"});
  scene.redis().command({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  auto ran = look(scene);
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.holds("warn  redis persistence: none"));
  CHECK(ran.holds("do: redis-cli CONFIG SET appendonly yes"));
  CHECK(ran.holds("warn  redis memory: maxmemory-policy allkeys-lru"));
  CHECK(ran.holds("0 failures, 2 warnings"));
  scene.redis().command({"CONFIG", "SET", "maxmemory", "1gb"});
  ran = look(scene);
  CHECK(ran.code == 1);
  CHECK(ran.holds("FAIL  redis memory: maxmemory-policy allkeys-lru throws whole queues away"));
  scene.redis().command({"CONFIG", "SET", "appendonly", "yes"});
  scene.redis().command({"CONFIG", "SET", "appendfsync", "no"});
  CHECK(look(scene).holds("appendfsync no: up to half a minute"));
}

TEST_CASE("a Redis user without a right that the bus needs is told which, and no password is") {
  Scene scene(Store::kSqlite);
  scene.redis().command(
      {"ACL", "SETUSER", "clerk", "on", ">sesame", "~*", "+@all", "-blmove", "-client|kill"});
  const auto ran =
      run_sqlbus({"doctor", "--redis", "unix://clerk:sesame@" + scene.redis().socket()});
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.holds("FAIL  redis rights: user clerk may not: BLMOVE, CLIENT KILL; do: ACL SETUSER"));
  CHECK_FALSE(ran.holds("sesame"));
}

TEST_CASE("a queue that nobody owns has failed, and no query is left on it") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.bus().terminate() == ExitStatus{0, 0});
  const auto ran = look(scene);
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.holds("FAIL  queue SqlBusDefaultQueue: no daemon owns it"));
  CHECK(ran.count("round trip") == 0);
  CHECK(scene.redis().command({"LLEN", std::string(kQueue)}).integer == 0);
}

TEST_CASE("what waits for a person is told: dead letters, a pause, a backlog") {
  Scene scene(Store::kSqlite);
  scene.push(scene.request("insert into nowhere values (1)", false));
  REQUIRE(eventually([&] { return scene.dead_count() == 1; }));
  auto ran = look(scene);
  CHECK(ran.code == 0);
  CHECK(ran.holds("warn  queue SqlBusDefaultQueue dead letters: 1 wait; do: sqlbus dead ls"));
  REQUIRE(run_sqlbus({"pause", "--reason", "moving house", "--config", scene.bus().config_file()})
              .code == 0);
  ran = look(scene);
  INFO(ran.output);
  CHECK(ran.holds("warn  queue SqlBusDefaultQueue: is paused"));
  CHECK(ran.holds("moving house"));
  CHECK(ran.count("round trip") == 0);
}

TEST_CASE("a database that cannot be reached has failed, by itself and through the bus") {
  Scene scene(Store::kSqlite,
              {.other_sections = "[away]\ndriver = postgres\nserver = 127.0.0.1\nport = 1\n"
                                 "username = u\npassword = sesame\ndatabase = d\n"});
  const auto ran = look(scene);
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.holds("FAIL  database away: "));
  CHECK(ran.holds("ok    database main: "));
  CHECK(ran.holds("FAIL  round trip SqlBusDefaultQueue, database away: "));
  CHECK(ran.holds("ok    round trip SqlBusDefaultQueue, database main: "));
  CHECK_FALSE(ran.holds("sesame"));
}

TEST_CASE("the command looks into the daemon's file, where its chdir has it, and makes none") {
  Scene scene(Store::kSqlite, {.starts_bus = false});
  const TempDir dir;
  auto text = bus_config(
      {.redis_socket = scene.redis().socket(), .database = "driver = sqlite\ndatabase = bus.db\n"});
  const std::string section = "[default]\n";
  REQUIRE(text.find(section) != std::string::npos);
  text.insert(text.find(section) + section.size(), "chdir = " + dir.path().string() + "\n");
  write_text_file(dir / "bus.ini", text);
  const auto trace = [&] { return run_sqlbus({"trace", "1", "--config", dir / "bus.ini"}); };
  CHECK(trace().holds("there is no " + (dir / "bus.db").string() + " yet"));
  CHECK(run_sqlbus({"doctor", "--config", dir / "bus.ini"}).holds("bus.db yet"));
  CHECK_FALSE(std::filesystem::exists(dir / "bus.db"));
  CHECK_FALSE(std::filesystem::exists("bus.db"));
  write_text_file(dir / "bus.db", "");
  CHECK_FALSE(trace().holds("yet"));
  CHECK(run_sqlbus({"doctor", "--config", dir / "bus.ini"}).holds("ok    database main: SQLITE"));
}

TEST_CASE("a role that may not make the ledger, or not write it, has failed") {
  Scene scene(Store::kPostgres, {.starts_bus = false});
  scene.postgres().exec("create role clerk login");
  scene.postgres().exec("revoke create on schema public from public");
  const TempDir dir;
  write_text_file(dir / "bus.ini",
                  bus_config({.redis_socket = scene.redis().socket(),
                              .database = "driver = postgres\nserver = " + scene.postgres().host() +
                                          "\nusername = clerk\ndatabase = postgres\n"}));
  const auto look_as_clerk = [&] { return run_sqlbus({"doctor", "--config", dir / "bus.ini"}); };
  auto ran = look_as_clerk();
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.holds("ok    database main: POSTGRESQL"));
  CHECK(ran.holds("FAIL  database main ledger: there is no sqlbus_ledger, and no table may be"));
  CHECK(ran.holds("42501"));
  scene.postgres().exec("grant create on schema public to clerk");
  CHECK(look_as_clerk().holds("there is no sqlbus_ledger yet; the role may make it"));
  scene.start_bus();
  REQUIRE(scene.ask("select 1").error_id == 0);
  scene.postgres().exec("grant select on sqlbus_ledger to clerk");
  ran = look_as_clerk();
  CHECK(ran.holds("FAIL  database main ledger: cannot be written: 42501"));
  scene.postgres().exec("grant insert, update, delete on sqlbus_ledger to clerk");
  CHECK(look_as_clerk().holds("ok    database main ledger"));
}

TEST_CASE("a doctor who cannot reach Redis says so, and looks at the databases all the same") {
  Scene scene(Store::kSqlite);
  scene.redis().kill9();
  const auto ran = look(scene);
  INFO(ran.output);
  CHECK(ran.code == 3);
  CHECK(ran.holds("FAIL  redis: "));
  CHECK(ran.holds("ok    database main: "));
  CHECK(run_sqlbus({"doctor", "--config", "/nonexistent.ini"}).code == 2);
}

}  // namespace sqlbus::test
