// The ledger: whatever is sent or run twice takes effect once, and its caller gets the first
// answer.
#include <string>
#include <vector>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

int id_of(ErrorId error) { return static_cast<int>(error); }

// A table without a key, in which a second copy would be seen, and which keeps the order.
void make_table(Scene& scene, Store store) {
  REQUIRE(scene.ask("create table t (n " + numbered_key(store) + ", i integer)").error_id == 0);
}

std::vector<std::string> inserts(int count) {
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    out.push_back("insert into t (i) values (" + std::to_string(i) + ")");
  }
  return out;
}

void check_once_in_order(Scene& scene, int count) {
  CHECK(scene.value("select count(*) from t") == std::to_string(count));
  CHECK(scene.value("select count(distinct i) from t") == std::to_string(count));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                    "where step <= 0") == "0");
}

// Kills the daemon each time some more of the queue is gone.
void kill_while_draining(Scene& scene, int kills) {
  for (int kill = 0; kill < kills; ++kill) {
    const auto before = scene.redis().command({"LLEN", kQueue}).integer;
    (void)eventually([&] { return scene.redis().command({"LLEN", kQueue}).integer < before; });
    scene.bus().kill9();
    scene.bus().restart();
    REQUIRE(scene.bus().wait_ready());
  }
}

}  // namespace

TEST_CASE("rows without a key are there once, in order, after eight kills") {
  ON_ALL_STORES(store);
  Scene scene(store, {.limits = "lease = 1s"});
  make_table(scene, store);
  scene.push_all(inserts(20000));
  kill_while_draining(scene, 8);
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 20000);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a blocking write that is sent twice is done once and answered twice") {
  ON_ALL_STORES(store);
  Scene scene(store);
  make_table(scene, store);
  const auto request = scene.request("insert into t (i) values (7) returning n, i");
  const auto first = scene.ask(request);
  CHECK_FALSE(first.is_duplicate);
  const auto second = scene.ask(request);
  CHECK(second.is_duplicate);
  CHECK(second.error_id == 0);
  CHECK(second.affected == 1);
  REQUIRE(second.rows.size() == 1);
  CHECK(second.rows[0][0].text == first.rows.at(0).at(0).text);
  CHECK(second.types == first.types);
  CHECK(scene.value("select count(*) from t") == "1");
}

TEST_CASE("a UUID that is used for another request is refused, and nothing of it runs") {
  ON_ALL_STORES(store);
  Scene scene(store);
  make_table(scene, store);
  auto request = scene.request("insert into t (i) values (7)");
  CHECK(scene.ask(request).error_id == 0);
  request.statements[0].sql = "insert into t (i) values (8)";
  CHECK(scene.ask(request).error_id == id_of(ErrorId::kUuidReused));
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(scene.dead().error == ErrorId::kUuidReused);
}

TEST_CASE("a failure is remembered: a copy gets it although it would go well now") {
  ON_ALL_STORES(store);
  Scene scene(store);
  const auto request = scene.request("insert into t (i) values (7)");
  const auto first = scene.ask(request);
  CHECK(first.sqlstate == "42P01");
  make_table(scene, store);
  const auto second = scene.ask(request);
  CHECK(second.error_id == -1);
  CHECK(second.sqlstate == "42P01");
  CHECK(second.message == first.message);
  CHECK(scene.value("select count(*) from t") == "0");
}

TEST_CASE("an operator's replay runs what has failed, and never what is applied") {
  ON_EACH_STORE(store);
  Scene scene(store);
  auto request = scene.request("insert into t (i) values (7)", false);
  scene.push(request);
  REQUIRE(eventually([&] { return scene.dead_count() == 1; }));
  const auto letter = scene.dead();
  make_table(scene, store);
  for (int round = 0; round < 3; ++round) {
    scene.push(letter.request, "{SqlBusDefaultQueue}:replay");
    REQUIRE(eventually([&] {
      return scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:replay"}).integer == 0;
    }));
    REQUIRE(scene.is_drained());
  }
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(scene.dead_count() == 1);
}

TEST_CASE("copies within one group are done once") {
  ON_EACH_STORE(store);
  Scene scene(store);
  make_table(scene, store);
  scene.bus().terminate();
  for (int i = 0; i < 50; ++i) {
    const auto request =
        scene.request("insert into t (i) values (" + std::to_string(i) + ")", false);
    scene.push(request);
    scene.push(request);
    if (i > 0) continue;
    for (int again = 0; again < 5; ++again) scene.push(request);
  }
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 50);
}

TEST_CASE("a function called by SELECT has its effect once, under kills") {
  Scene scene(Store::kPostgres, {.limits = "lease = 1s"});
  make_table(scene, Store::kPostgres);
  REQUIRE(scene
              .ask("create function log_fn(i integer) returns integer language sql as "
                   "'insert into t (i) values (i) returning i'")
              .error_id == 0);
  CHECK(scene.value("select log_fn(-1)") == "-1");
  std::vector<std::string> calls;
  calls.reserve(1000);
  for (int i = 0; i < 1000; ++i) calls.push_back("select log_fn(" + std::to_string(i) + ")");
  scene.push_all(calls);
  kill_while_draining(scene, 3);
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 1001);
}

TEST_CASE("without the ledger nothing is lost, under kills") {
  ON_EACH_STORE(store);
  Scene scene(store, {.limits = "lease = 1s", .database_lines = "exactly_once = no"});
  make_table(scene, store);
  scene.push_all(inserts(5000));
  kill_while_draining(scene, 3);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(distinct i) from t") == "5000");
  const auto* tables = store == Store::kSqlite
                           ? "select count(*) from sqlite_master where name = 'sqlbus_ledger'"
                           : "select count(*) from pg_class where relname = 'sqlbus_ledger'";
  CHECK(scene.value(tables) == "0");
}

TEST_CASE("one bad statement in a hundred: the others are applied, the bad ones kept") {
  ON_ALL_STORES(store);
  Scene scene(store);
  make_table(scene, store);
  auto statements = inserts(5000);
  for (std::size_t i = 0; i < statements.size(); i += 100) {
    statements[i] = "insert into nowhere (i) values (1)";
  }
  scene.push_all(statements);
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 4950);
  CHECK(scene.dead_count() == 50);
}

TEST_CASE("what cannot run in a transaction runs all the same, and loses no neighbour") {
  Scene scene(Store::kPostgres);
  make_table(scene, Store::kPostgres);
  REQUIRE(scene
              .ask("create procedure p(i integer) language plpgsql as $$ begin insert into t (i) "
                   "values (i); commit; end $$")
              .error_id == 0);
  auto statements = inserts(300);
  statements[100] = "call p(100)";
  statements[150] = "vacuum t";
  statements[200] = "create table other (i integer)";
  statements[201] = "insert into t (i) values (201)";
  scene.push_all(statements);
  REQUIRE(scene.is_drained());
  CHECK(scene.dead_count() == 0);
  check_once_in_order(scene, 298);
  CHECK(scene.value("select count(*) from other") == "0");
  const auto vacuum = scene.request("vacuum t");
  CHECK_FALSE(scene.ask(vacuum).is_duplicate);
  CHECK(scene.ask(vacuum).is_duplicate);
}

TEST_CASE("what a statement leaves in its session does not reach the next") {
  Scene scene(Store::kPostgres);
  make_table(scene, Store::kPostgres);
  CHECK(scene.value("select set_config('search_path', 'nowhere', false)") == "nowhere");
  CHECK(scene.value("select count(*) from t") == "0");
  CHECK(scene.ask("select pg_advisory_lock(42)").error_id == 0);
  CHECK(scene.value("select count(*) from pg_locks where locktype = 'advisory'") == "0");
  CHECK(scene.ask("create temp table x (i integer)").error_id == 0);
  CHECK(scene.ask("select * from x").sqlstate == "42P01");
}

TEST_CASE(
    "a role that may not make the ledger makes the database at-least-once, and that is said") {
  Scene scene(Store::kPostgres, {.starts_bus = false});
  scene.postgres().exec("create role caller login");
  scene.postgres().exec("create table t (i integer)");
  scene.postgres().exec("grant all on t to caller");
  scene.postgres().exec("alter database postgres set role = caller");
  scene.start_bus();
  CHECK(scene.ask("insert into t values (1)").error_id == 0);
  CHECK(scene.bus().log().find("at least once") != std::string::npos);
}

TEST_CASE("a ledger that somebody drops or locks under load comes back, and nobody is blamed") {
  Scene scene(Store::kPostgres);
  make_table(scene, Store::kPostgres);
  scene.push_all(inserts(2000));
  scene.postgres().exec("drop table sqlbus_ledger");
  REQUIRE(scene.is_drained());
  REQUIRE(eventually([&] {
    return scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:waiting:main"}).integer == 0;
  }));
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 2000);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a statement that says it is read-only for ever ends as 1401, and others go on") {
  Scene scene(Store::kPostgres, {.limits = "retry_max = 3\nretry_base = 10ms\nretry_cap = 50ms"});
  make_table(scene, Store::kPostgres);
  scene.push(scene.request("do $$ begin raise sqlstate '25006'; end $$", false));
  CHECK(scene.ask("insert into t (i) values (1)").error_id == 0);
  REQUIRE(scene.dead_count() == 1);
  CHECK(scene.dead().error == ErrorId::kRetriesExhausted);
}

}  // namespace sqlbus::test
