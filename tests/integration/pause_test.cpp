// Operators pause a queue or a database, and resume it.
#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "protocol/error_id.hpp"
#include "protocol/request_codec.hpp"
#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

SqlbusRun run(Scene& scene, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--config", scene.bus().config_file()});
  return run_sqlbus(std::move(arguments));
}

bool has_logged(Scene& scene, std::string_view text) {
  return eventually([&] { return scene.bus().log().find(text) != std::string::npos; });
}

std::int64_t length(Scene& scene, const std::string& list) {
  return scene.redis().command({"LLEN", list}).integer;
}

// How often a script has run in Redis: the daemon has looked at its queue meanwhile.
std::int64_t scripts_run(Scene& scene) {
  const auto stats = scene.redis().command({"INFO", "commandstats"}).text;
  const std::string name = "cmdstat_evalsha:calls=";
  const auto at = stats.find(name);
  return at == std::string::npos ? 0 : std::stoll(stats.substr(at + name.size()));
}

bool looks_again(Scene& scene) {
  const auto before = scripts_run(scene);
  return eventually([&] { return scripts_run(scene) >= before + 3; });
}

// Values 0 to count - 1 in the order in which they were inserted.
void check_in_order(Scene& scene, int count) {
  CHECK(scene.value("select count(*) from t") == std::to_string(count));
  CHECK(scene.value("select count(*) from (select i, row_number() over (order by n) as r from t) x "
                    "where i <> r - 1") == "0");
}

std::string create_sql(Store store) {
  return "create table t (n " + numbered_key(store) + ", i integer)";
}

std::string insert_sql(int i) { return "insert into t (i) values (" + std::to_string(i) + ")"; }

}  // namespace

TEST_CASE("nothing is taken from a paused queue, and in its order when it is resumed") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask(create_sql(store)).error_id == 0);
  const auto paused = run(scene, {"pause", "--reason", "moving house"});
  CHECK(paused.code == 0);
  CHECK(paused.holds("paused: queue SqlBusDefaultQueue"));
  REQUIRE(has_logged(scene, "queue paused"));

  for (int i = 0; i < 5; ++i) scene.push(scene.request(insert_sql(i), false));
  REQUIRE(looks_again(scene));
  CHECK(length(scene, std::string(kQueue)) == 5);

  const auto again = run(scene, {"pause"});
  CHECK(again.code == 0);
  CHECK(again.holds("paused already"));
  CHECK(again.holds("moving house"));
  CHECK(again.holds("\"BY\":"));

  CHECK(run(scene, {"resume"}).holds("resumed: queue SqlBusDefaultQueue"));
  check_in_order(scene, 5);
  CHECK(run(scene, {"resume"}).holds("was not paused"));
}

TEST_CASE("what is for a paused database waits, over a restart too, and the others go on") {
  ON_EACH_STORE(store);
  TempDir dir;
  Scene scene(store, {.other_sections = "[other]\n" + sqlite_section(dir / "other.db")});
  REQUIRE(scene.ask(create_sql(store)).error_id == 0);
  CHECK(run(scene, {"pause", "main"}).code == 0);
  REQUIRE(has_logged(scene, "database paused"));
  const std::string waiting = "{SqlBusDefaultQueue}:waiting:main";
  for (int i = 0; i < 5; ++i) scene.push(scene.request(insert_sql(i), false));
  REQUIRE(eventually([&] { return length(scene, waiting) == 5; }));

  auto elsewhere = scene.request("select 1");
  elsewhere.database = "other";
  CHECK(scene.ask(elsewhere).rows[0][0].text == "1");

  scene.bus().kill9();
  scene.start_bus();
  for (int i = 5; i < 10; ++i) scene.push(scene.request(insert_sql(i), false));
  REQUIRE(eventually([&] { return length(scene, waiting) == 10; }));
  CHECK(run(scene, {"resume", "main"}).code == 0);
  check_in_order(scene, 10);
}

TEST_CASE("a resume is heeded where a reload comes before the daemon has looked") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask(create_sql(Store::kSqlite)).error_id == 0);
  CHECK(run(scene, {"pause", "main"}).code == 0);
  REQUIRE(has_logged(scene, "database paused"));
  for (int i = 0; i < 5; ++i) scene.push(scene.request(insert_sql(i), false));
  REQUIRE(eventually([&] { return length(scene, "{SqlBusDefaultQueue}:waiting:main") == 5; }));

  auto& daemon = scene.bus().process();
  daemon.kill(SIGSTOP);
  CHECK(run(scene, {"resume", "main"}).code == 0);
  daemon.kill(SIGHUP);
  daemon.kill(SIGCONT);
  CHECK(has_logged(scene, "configuration reloaded"));
  check_in_order(scene, 5);
}

TEST_CASE("a caller who waits for a paused database is told when the DEADLINE passes") {
  Scene scene(Store::kSqlite);
  CHECK(run(scene, {"pause", "main"}).code == 0);
  const auto ran = run(scene, {"query", "select 1", "--timeout", "1s"});
  CHECK(ran.code == 1);
  CHECK(ran.holds("1202 DATABASE_UNAVAILABLE"));
}

TEST_CASE("a dead letter that is sent again waits for its database as well") {
  Scene scene(Store::kSqlite);
  scene.push(scene.request("insert into t (i) values (0)", false));
  REQUIRE(eventually([&] { return scene.dead_count() == 1; }));
  REQUIRE(scene.ask(create_sql(Store::kSqlite)).error_id == 0);
  CHECK(run(scene, {"pause", "main"}).code == 0);
  REQUIRE(has_logged(scene, "database paused"));
  CHECK(run(scene, {"dead", "replay", "--all", "--yes"}).code == 0);
  REQUIRE(looks_again(scene));
  CHECK(scene.dead_count() == 0);
  CHECK(run(scene, {"resume", "main"}).code == 0);
  REQUIRE(eventually([&] { return scene.value("select count(*) from t") == "1"; }));
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("pauses and resumes under load lose nothing, and keep the order") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask(create_sql(store)).error_id == 0);
  constexpr int kCount = 4000;
  std::atomic<bool> is_done = false;
  auto client = scene.redis().connect();
  std::vector<std::string> envelopes;
  for (int i = 0; i < kCount; ++i) {
    envelopes.push_back(encode_request(scene.request(insert_sql(i), false)));
  }
  std::thread caller([&] {
    for (const auto& envelope : envelopes) client.command({"LPUSH", kQueue, envelope});
    is_done = true;
  });
  const std::vector<std::string> names{"main", ""};
  for (std::size_t round = 0; !is_done || round < 4; ++round) {
    std::vector<std::string> name{names[round % 2]};
    if (name.front().empty()) name.clear();
    for (const std::string verb : {"pause", "resume"}) {
      auto arguments = name;
      arguments.insert(arguments.begin(), verb);
      CHECK(run(scene, arguments).code == 0);
    }
  }
  caller.join();
  REQUIRE(scene.is_drained());
  check_in_order(scene, kCount);
}

TEST_CASE("a pause that is set by hand, and wakes nobody, is obeyed all the same") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask(create_sql(Store::kSqlite)).error_id == 0);
  scene.redis().command({"HSET", "{SqlBusDefaultQueue}:control", "queue", "by hand"});
  REQUIRE(has_logged(scene, "queue paused"));
  REQUIRE(looks_again(scene));
  scene.push(scene.request(insert_sql(0), false));
  REQUIRE(looks_again(scene));
  CHECK(length(scene, std::string(kQueue)) == 1);
  CHECK(run(scene, {"resume"}).code == 0);
  check_in_order(scene, 1);
}

TEST_CASE("where it cannot be read what is paused, the queue rests and the others go on") {
  Scene scene(Store::kSqlite, {.queue = "SqlBusDefaultQueue, Low"});
  REQUIRE(scene.ask(create_sql(Store::kSqlite)).error_id == 0);
  scene.redis().command({"SET", "{SqlBusDefaultQueue}:control", "no hash"});
  for (int i = 0; i < 5; ++i) scene.push(scene.request(insert_sql(i), false));
  REQUIRE(has_logged(scene, "claiming pauses"));
  CHECK(has_logged(scene, "{SqlBusDefaultQueue}:control: WRONGTYPE"));
  for (int i = 0; i < 3; ++i) {
    auto elsewhere = scene.request("select 1");
    scene.push(encode_request(elsewhere), "Low");
    CHECK(scene.answer(elsewhere.rchannel.view()).rows[0][0].text == "1");
  }
  const auto refused = run(scene, {"pause"});
  CHECK(refused.code != 0);
  CHECK(refused.holds("WRONGTYPE"));
  CHECK(refused.holds("{SqlBusDefaultQueue}:control"));
  CHECK(run(scene, {"resume"}).code != 0);

  scene.redis().command({"DEL", "{SqlBusDefaultQueue}:control"});
  REQUIRE(scene.is_drained());
  check_in_order(scene, 5);
}

TEST_CASE(
    "a database that is removed while it is paused can be resumed, and what waits is refused") {
  TempDir dir;
  Scene scene(Store::kSqlite, {.other_sections = "[other]\n" + sqlite_section(dir / "other.db")});
  CHECK(run(scene, {"pause", "other"}).code == 0);
  REQUIRE(has_logged(scene, "database paused"));
  auto waiting = scene.request("insert into t values (1)", false);
  waiting.database = "other";
  scene.push(waiting);
  REQUIRE(eventually([&] { return length(scene, "{SqlBusDefaultQueue}:waiting:other") == 1; }));
  const auto config = scene.config();
  write_text_file(scene.bus().config_file(), config.substr(0, config.find("[other]")));
  scene.bus().process().kill(SIGHUP);
  REQUIRE(eventually([&] { return scene.dead_count() == 1; }));
  CHECK(scene.dead().error == ErrorId::kUnknownDatabase);
  CHECK(run(scene, {"resume", "other"}).holds("resumed: database other"));
  CHECK(run(scene, {"resume", "other"}).code == 2);
}

TEST_CASE("a name that is neither queue nor database is refused, with and without the bus's file") {
  Scene scene(Store::kSqlite);
  const auto typo = run(scene, {"pause", "mian"});
  CHECK(typo.code == 2);
  CHECK(typo.holds("mian: neither a queue nor a database"));
  const std::vector<std::string> at_redis{"--redis", "unix://" + scene.redis().socket()};
  const auto by_redis = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), at_redis.begin(), at_redis.end());
    return run_sqlbus(arguments);
  };
  CHECK(by_redis({"pause", "mian"}).code == 2);
  CHECK(by_redis({"pause", "main"}).holds("paused: database main on SqlBusDefaultQueue"));
  CHECK(by_redis({"resume", std::string(kQueue)}).holds("was not paused: queue"));
  CHECK(by_redis({"resume", "main"}).holds("resumed: database main"));
}

}  // namespace sqlbus::test
