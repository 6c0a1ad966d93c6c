// The operator's sub-commands against a real bus: dead letters, traces, the ledger's statements.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

SqlbusRun run(Scene& scene, std::vector<std::string> arguments,
              const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.end(), {"--config", scene.bus().config_file()});
  return run_sqlbus(std::move(arguments), environment);
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}
bool holds(const std::string& text, std::string_view part) { return count(text, part) > 0; }

// Three letters: two of one cause, one of another.
void make_letters(Scene& scene) {
  for (const char* sql : {"insert into later values (1)", "insert into later values (2)",
                          "insert into elsewhere values (3)"}) {
    scene.push(scene.request(sql, false));
  }
  REQUIRE(eventually([&] { return scene.dead_count() == 3; }));
}

}  // namespace

TEST_CASE("dead ls finds letters by each of their sides, and groups them by cause") {
  ON_EACH_STORE(store);
  Scene scene(store);
  make_letters(scene);
  scene.push("{broken");
  REQUIRE(eventually([&] { return scene.dead_count() == 4; }));
  const auto shown = [&](std::vector<std::string> filters) {
    filters.insert(filters.begin(), {"dead", "ls", "--json"});
    const auto ran = run(scene, filters);
    CHECK(ran.code == 0);
    return count(ran.output, "\n");
  };
  CHECK(shown({}) == 4);
  CHECK(shown({"--error", "-1"}) == 3);
  CHECK(shown({"--error", "malformed_json"}) == 1);
  CHECK(shown({"--sqlstate", "42"}) == 3);
  CHECK(shown({"--sqlstate", "23"}) == 0);
  CHECK(shown({"--app", "test"}) == 3);
  CHECK(shown({"--app", "another"}) == 0);
  CHECK(shown({"--database", "other"}) == 0);
  CHECK(shown({"--text", "ELSEWHERE"}) == 1);
  CHECK(shown({"--older", "1h"}) == 0);
  CHECK(shown({"--newer", "1h"}) == 4);
  CHECK(shown({"--limit", "2"}) == 2);
  CHECK(shown({scene.dead().id}) == 1);
  const auto groups = run(scene, {"dead", "ls", "--group"});
  // PostgreSQL quotes the table's name, and what is quoted makes no cause of its own.
  const std::size_t causes = store == Store::kSqlite ? 2 : 1;
  CHECK(count(groups.output, "EXECUTION_FAILED") == causes);
  CHECK(run(scene, {"dead", "ls", "--error", "12345"}).code == 2);
  const auto letter = run(scene, {"dead", "show", scene.dead(1).id});
  CHECK(holds(letter.output, "42P01"));
  CHECK(holds(letter.output, "insert into elsewhere values (3)"));
  CHECK(run(scene, {"dead", "show", "absent"}).code == 1);
}

TEST_CASE("dead replay says what would happen, and sends again what is meant, once") {
  ON_EACH_STORE(store);
  Scene scene(store);
  make_letters(scene);
  REQUIRE(scene.ask("create table later (i integer)").error_id == 0);
  const auto dry = run(scene, {"dead", "replay", "--dry-run", "--all"});
  CHECK(dry.code == 0);
  CHECK(count(dry.output, "would change 1 row") == 2);
  CHECK(count(dry.output, "would fail: 42P01") == 1);
  CHECK(scene.value("select count(*) from later") == "0");
  CHECK(scene.dead_count() == 3);

  CHECK(run(scene, {"dead", "replay", "--yes"}).code == 2);  // all of them? it does not guess
  CHECK(run(scene, {"dead", "replay", "--all"}).code == 2);  // nobody to ask
  const auto letter = scene.dead(2);
  const auto ran = run(scene, {"dead", "replay", "--text", "later", "--yes", "--rate", "100"});
  CHECK(ran.code == 0);
  CHECK(holds(ran.output, "sent 2 again"));
  REQUIRE(eventually([&] { return scene.value("select count(*) from later") == "2"; }));
  CHECK(scene.dead_count() == 1);

  // The same letter once more, as after a lost list: it is applied and stays so.
  scene.push(letter.request, "{SqlBusDefaultQueue}:replay");
  REQUIRE(eventually([&] {
    return scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:replay"}).integer == 0;
  }));
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from later") == "2");
}

TEST_CASE("a replay wakes an idle owner, which would look by itself only in a while") {
  Scene scene(Store::kSqlite, {.limits = "lease = 60s"});
  make_letters(scene);
  REQUIRE(scene.ask("create table later (i integer)").error_id == 0);
  for (int letters = 2; letters > 0; --letters) {
    const auto id = scene.dead(static_cast<std::size_t>(letters)).id;
    CHECK(run(scene, {"dead", "replay", id, "--yes"}).code == 0);
  }
  REQUIRE(eventually([&] { return scene.value("select count(*) from later") == "2"; }));
  const auto errors = scene.redis().command({"INFO", "errorstats"}).text;
  CHECK(holds(errors, "errorstat_UNBLOCKED"));  // what ends the owner's pop
  CHECK_FALSE(holds(scene.bus().log(), "claiming pauses"));
}

TEST_CASE("dead replay --edit sends the mended request under its UUID, and refuses another") {
  Scene scene(Store::kSqlite);
  make_letters(scene);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  const auto id = scene.dead().id;
  const auto uuid_change = run(scene, {"dead", "replay", id, "--yes", "--edit"},
                               {"VISUAL=sed -i s/UUID.:./UUID\\\":\\\"x/"});
  CHECK(uuid_change.code == 1);
  CHECK(holds(uuid_change.output, "UUID: stays what it was"));
  const auto broken =
      run(scene, {"dead", "replay", id, "--yes", "--edit"}, {"VISUAL=sed -i s/REQUEST/REPLY/"});
  CHECK(holds(broken.output, "TYPE"));
  CHECK(scene.dead_count() == 3);
  const auto mended =
      run(scene, {"dead", "replay", id, "--yes", "--edit"}, {"VISUAL=sed -i s/elsewhere/t/"});
  CHECK(mended.code == 0);
  REQUIRE(eventually([&] { return scene.value("select count(*) from t where i = 3") == "1"; }));
  CHECK(scene.dead_count() == 2);
}

TEST_CASE("dead drop forgets what is meant") {
  Scene scene(Store::kSqlite);
  make_letters(scene);
  CHECK(run(scene, {"dead", "drop", "--text", "later", "--yes"}).code == 0);
  CHECK(scene.dead_count() == 1);
  CHECK(run(scene, {"dead", "drop", "--yes"}).code == 2);
  CHECK(run(scene, {"dead", "drop", "--all", "--yes"}).code == 0);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("trace finds a request wherever it is") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  const auto trace = [&](const Request& request) {
    return run(scene, {"trace", request.uuid.str()}).output;
  };
  auto applied = scene.request("insert into t values (1)");
  scene.push(applied);
  REQUIRE(eventually([&] { return holds(trace(applied), "applied  database: main"); }));
  CHECK(holds(trace(applied), "first_answer: {"));
  CHECK(holds(trace(applied), "answered"));
  auto failed = scene.request("insert into nowhere values (1)", false);
  scene.push(failed);
  REQUIRE(eventually([&] { return holds(trace(failed), "dead"); }));
  CHECK(holds(trace(failed), "failed  database: main"));
  CHECK(holds(trace(failed), "42P01"));
  auto delayed = scene.request("select 1", false);
  delayed.not_before = EpochTime(std::chrono::seconds(4000000000));
  scene.push(delayed);
  REQUIRE(eventually([&] { return holds(trace(delayed), "delayed"); }));
  scene.bus().terminate();
  auto queued = scene.request("select 1", false);
  scene.push(queued);
  CHECK(holds(trace(queued), "queued  queue: SqlBusDefaultQueue  requests_before_it: 0"));
  const auto absent = run(scene, {"trace", "absent"});
  CHECK(absent.code == 1);
  CHECK(holds(absent.output, "not known anywhere"));
  CHECK(holds(run(scene, {"trace", queued.uuid.str(), "--json"}).output, R"({"STATE":"queued")"));
}

TEST_CASE("trace finds what is in flight, and what waits for its database") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  auto slow = scene.request("insert into t select 1 from pg_sleep(2)", false);
  scene.push(slow);
  REQUIRE(eventually([&] {
    return holds(run(scene, {"trace", slow.uuid.str()}).output, "in_flight");
  }));
  REQUIRE(scene.is_drained());
  scene.postgres().stop();
  auto waiting = scene.request("insert into t values (2)", false);
  scene.push(waiting);
  REQUIRE(eventually([&] {
    return holds(run(scene, {"trace", waiting.uuid.str()}).output, "waiting  database: main");
  }));
  CHECK(holds(run(scene, {"trace", waiting.uuid.str()}).output, "unknown  database: main"));
}

TEST_CASE("ledger ddl prints statements that make the ledger") {
  Scene scene(Store::kPostgres, {.starts_bus = false});
  TempDir dir;
  const std::string sqlbus = SQLBUS_BUILD_DIR "/sqlbus";
  ChildProcess command(
      {.argv = {sqlbus, "ledger", "ddl", "--driver", "postgres"}, .output = dir / "out"});
  REQUIRE(command.wait(std::chrono::seconds(20)) == ExitStatus{0, 0});
  scene.postgres().exec(read_text_file(dir / "out"));
  // A role that may use it, and may not make it, is enough.
  scene.postgres().exec("create role caller login");
  scene.postgres().exec("create table t (i integer)");
  scene.postgres().exec("grant all on t, sqlbus_ledger to caller");
  scene.postgres().exec("grant select on sqlbus_ledger_version to caller");
  scene.postgres().exec("alter database postgres set role = caller");
  scene.start_bus();
  auto request = scene.request("insert into t values (1)");
  CHECK_FALSE(scene.ask(request).is_duplicate);
  CHECK(scene.ask(request).is_duplicate);
  CHECK(scene.bus().log().find("at least once") == std::string::npos);
}

TEST_CASE("ledger ddl asks a database that comes by ODBC which statements it takes") {
  Scene scene(Store::kMariaDb, {.starts_bus = false});
  TempDir dir;
  write_text_file(dir / "sqlbus.ini", scene.config());
  const std::string sqlbus = SQLBUS_BUILD_DIR "/sqlbus";
  ChildProcess command(
      {.argv = {sqlbus, "ledger", "ddl", "--config", dir / "sqlbus.ini"}, .output = dir / "out"});
  REQUIRE(command.wait(std::chrono::seconds(20)) == ExitStatus{0, 0});
  auto statements = read_text_file(dir / "out");
  CHECK(statements.starts_with("-- odbc: MARIADB\n"));
  for (auto end = statements.find(";\n"); end != std::string::npos; end = statements.find(";\n")) {
    scene.mariadb().exec(statements.substr(0, end));
    statements.erase(0, end + 2);
  }
  CHECK(statements.empty());
  CHECK(scene.mariadb().query_value("select version from sqlbus_ledger_version") == "1");
  // Without a database those of all are printed.
  ChildProcess all({.argv = {sqlbus, "ledger", "ddl", "--driver", "odbc"}, .output = dir / "all"});
  REQUIRE(all.wait(std::chrono::seconds(20)) == ExitStatus{0, 0});
  const auto text = read_text_file(dir / "all");
  CHECK(holds(text, "ENGINE = InnoDB"));
  CHECK(holds(text, "-- on PostgreSQL:\nCREATE TABLE IF NOT EXISTS sqlbus_ledger (id bytea"));
  CHECK(holds(text, "WITHOUT ROWID"));
  scene.mariadb().stop();
  ChildProcess away(
      {.argv = {sqlbus, "ledger", "ddl", "--config", dir / "sqlbus.ini"}, .output = dir / "away"});
  CHECK(away.wait(std::chrono::seconds(20)) != ExitStatus{0, 0});
  CHECK(holds(read_text_file(dir / "away"), "sqlbus: main: "));
}

}  // namespace sqlbus::test
