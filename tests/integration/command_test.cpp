// The `sqlbus` command against a real bus.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"

namespace sqlbus::test {
namespace {

SqlbusRun run(Scene& scene, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--redis", "unix://" + scene.redis().socket()});
  return run_sqlbus(std::move(arguments));
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("query prints rows as a table, exec hands over and gives a receipt") {
  ON_EACH_STORE(store);
  Scene scene(store);
  CHECK(run(scene, {"exec", "--sync", "create table t (i integer primary key, s text)"}).code == 0);
  const auto receipt = run(scene, {"exec", "insert into t values ($1, $2)", "--param", "7",
                                   "--param", "sev en", "--app", "x"});
  CHECK(receipt.code == 0);
  CHECK(receipt.output.size() == 37);
  CHECK(run(scene, {"exec", "--sync", "insert into t values ($1, $2)", "-p", "8", "-p", "null"})
            .code == 0);
  const auto rows = run(scene, {"query", "select i, s from t order by i"});
  CHECK(rows.code == 0);
  CHECK(holds(rows.output, "sev en"));
  CHECK(holds(rows.output, "NULL"));
  CHECK(holds(rows.output, "(2 rows)"));
  const auto json = run(scene, {"query", "--json", "select count(*) from t"});
  CHECK(holds(json.output, R"("RESULT":[["2"]])"));
}

TEST_CASE("rows come as csv or one column a line, and a statement from a file") {
  Scene scene(Store::kSqlite);
  const TempDir dir;
  write_text_file(dir / "q.sql", "select 1 as a, null as b, '' as c\n");
  const auto csv = run(scene, {"query", "--file", dir / "q.sql", "-o", "csv"});
  CHECK(csv.code == 0);
  CHECK(csv.output == "a,b,c\n1,,\"\"\n");
  const auto vertical = run(scene, {"query", "-f", dir / "q.sql", "-o", "vertical"});
  CHECK(holds(vertical.output, "b | NULL\n"));
  const auto json = run(scene, {"query", "-f", dir / "q.sql", "-o", "json"});
  CHECK(holds(json.output, R"("RESULT":[["1",null,""]])"));
  const auto cut =
      run(scene, {"query", "-o", "csv", "--max-rows", "1", "select 1 as a union select 2"});
  CHECK(cut.output == "a\n1\nsqlbus: cut: there are more rows than these\n");
  const auto refused = run(scene, {"query", "-o", "csv", "select * from missing"});
  CHECK(refused.code == 1);
  CHECK(holds(refused.output, "error -1 EXECUTION_FAILED (42P01)"));
  CHECK(run(scene, {"query", "--file", dir / "missing.sql"}).code == 2);
  CHECK(run(scene, {"query", "--file", dir.path()}).code == 2);
}

TEST_CASE("a bench measures, leaves nothing behind, and does nothing without a yes") {
  ON_ALL_STORES(store);
  Scene scene(store);
  const auto before = scene.redis().command({"DBSIZE"}).integer;
  CHECK(run_sqlbus({"bench", "--config", scene.bus().config_file()}).code == 2);
  const auto bench = run_sqlbus({"bench", "--yes", "--json", "--requests", "2000", "--queries",
                                 "20", "--config", scene.bus().config_file()});
  CHECK(bench.code == 0);
  CHECK(holds(bench.output, R"("pipelined":1799)"));
  CHECK(holds(bench.output, R"("queries":20)"));
  CHECK(scene.is_drained());
  CHECK(scene.dead_count() == 0);
  CHECK(scene.redis().command({"DBSIZE"}).integer <= before + 1);
  const std::string tables = store == Store::kSqlite ? "sqlite_master where name"
                                                     : "information_schema.tables where table_name";
  CHECK(scene.value("select count(*) from " + tables + " like 'sqlbus_bench%'") == "0");
}

TEST_CASE("the command's exit status tells what went wrong") {
  Scene scene(Store::kSqlite);
  const auto refused = run(scene, {"query", "select * from missing"});
  CHECK(refused.code == 1);
  CHECK(holds(refused.output, "42P01"));
  CHECK(run(scene, {"query", "select 1", "--database", "nope"}).code == 1);
  CHECK(run(scene, {"nonsense"}).code == 2);
  scene.bus().kill9();
  CHECK(run(scene, {"query", "select 1", "--timeout", "300ms"}).code == 4);
  scene.redis().kill9();
  CHECK(run(scene, {"query", "select 1"}).code == 3);
}

}  // namespace sqlbus::test
