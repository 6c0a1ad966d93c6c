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
