// What comes back: the forms of STATEMENT, PARAMS, types, limits, errors with their SQLSTATE.
#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"

namespace sqlbus::test {
namespace {

std::int32_t number(ErrorId id) { return static_cast<std::int32_t>(id); }

void create_table(Scene& scene) {
  REQUIRE(scene.ask("create table t (i integer primary key, s text not null)").error_id == 0);
}

}  // namespace

TEST_CASE("a blocking query sees what was written before it") {
  ON_EACH_STORE(store);
  Scene scene(store);
  create_table(scene);
  std::vector<std::string> inserts;
  for (int i = 0; i < 1000; ++i) {
    inserts.push_back("insert into t values (" + std::to_string(i) + ", 'x')");
  }
  scene.push_all(inserts);
  CHECK(scene.value("select count(*) from t") == "1000");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a response has the rows, the columns and their types") {
  ON_EACH_STORE(store);
  Scene scene(store);
  create_table(scene);
  CHECK(scene.ask("insert into t values (1, 'one'), (2, 'two')").affected == 2);
  auto request = scene.request("select i, s, null as n from t order by i");
  request.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto response = scene.ask(request);
  CHECK(response.error_id == 0);
  CHECK(response.message.empty());
  CHECK(response.dbtype == (store == Store::kSqlite ? "SQLITE" : "POSTGRESQL"));
  CHECK(response.fields == std::vector<std::string>{"i", "s", "n"});
  CHECK(response.types[0] == "int");
  CHECK(response.types[1] == "text");
  REQUIRE(response.rows.size() == 2);
  CHECK(response.rows[1][0].text == "2");
  CHECK_FALSE(response.rows[1][0].is_native);
  CHECK(response.rows[1][1].text == "two");
  CHECK(response.rows[1][2].is_null);
  CHECK(response.traceparent == request.traceparent);
  CHECK(response.queued_ms.value_or(-1) >= 0);
  CHECK(response.executed_ms.value_or(-1) >= 0);
}

TEST_CASE("TYPED gives native numbers and keeps what would lose digits as strings") {
  ON_EACH_STORE(store);
  Scene scene(store);
  create_table(scene);
  CHECK(scene.ask("insert into t values (7, 'x')").error_id == 0);
  auto request = scene.request("select i, cast(9007199254740993 as bigint) as big, s from t");
  request.typed = true;
  const auto response = scene.ask(request);
  REQUIRE(response.rows.size() == 1);
  CHECK(response.rows[0][0].is_native);
  CHECK(response.rows[0][0].text == "7");
  CHECK_FALSE(response.rows[0][1].is_native);
  CHECK(response.rows[0][1].text == "9007199254740993");
  CHECK_FALSE(response.rows[0][2].is_native);
}

TEST_CASE("PARAMS arrive as they were written") {
  ON_EACH_STORE(store);
  Scene scene(store);
  const std::string bytes = store == Store::kSqlite ? "blob" : "bytea";
  REQUIRE(
      scene.ask("create table p (i bigint, n numeric, s text, b " + bytes + ", z text)").error_id ==
      0);
  auto insert = scene.request("insert into p values ($1, $2, $3, $4, $5)", false);
  insert.statements[0].params = {{Value::Kind::kInteger, INT64_MIN, ""},
                                 {Value::Kind::kNumber, 0, "0.125"},
                                 {Value::Kind::kText, 0, "naïve 'quote' \U0001F600"},
                                 {Value::Kind::kBytes, 0, std::string("\0\xff\n", 3)},
                                 {Value::Kind::kNull, 0, ""}};
  scene.push(insert);
  const auto response = scene.ask("select i, n, s, b, z from p");
  REQUIRE(response.rows.size() == 1);
  const auto& row = response.rows[0];
  CHECK(row[0].text == "-9223372036854775808");
  CHECK(row[1].text == "0.125");
  CHECK(row[2].text == "naïve 'quote' \U0001F600");
  CHECK(row[3].text == "AP8K");
  CHECK(row[4].is_null);
}

TEST_CASE("a pair updates, inserts where nothing matched, or says NOT_FOUND") {
  ON_EACH_STORE(store);
  Scene scene(store);
  create_table(scene);
  auto pair = scene.request("update t set s = 'new' where i = 1");
  pair.form = Request::Form::kUpsert;
  pair.statements.push_back({"insert into t values (1, 'first')", {}});
  CHECK(scene.ask(pair).affected == 1);
  CHECK(scene.value("select s from t where i = 1") == "first");
  pair.uuid = pair.rchannel = scene.request("").uuid;
  CHECK(scene.ask(pair).affected == 1);
  CHECK(scene.value("select s from t where i = 1") == "new");
  auto nothing = scene.request("update t set s = 'x' where i = 5");
  nothing.form = Request::Form::kUpsert;
  nothing.statements.push_back({"insert into t select 5, 'x' from t where i = 99", {}});
  CHECK(scene.ask(nothing).error_id == number(ErrorId::kNotFound));
}

TEST_CASE("an array runs whole or not at all") {
  ON_EACH_STORE(store);
  Scene scene(store);
  create_table(scene);
  auto array = scene.request("insert into t values (1, 'a')");
  array.form = Request::Form::kTransaction;
  array.statements.push_back({"insert into t values (2, 'b'), (3, 'c')", {}});
  array.statements.push_back({"select count(*) from t", {}});
  const auto good = scene.ask(array);
  CHECK(good.affected == 3);
  REQUIRE(good.rows.size() == 1);
  CHECK(good.rows[0][0].text == "3");

  auto bad = scene.request("insert into t values (4, 'd')");
  bad.form = Request::Form::kTransaction;
  bad.statements.push_back({"insert into t values (1, 'again')", {}});
  bad.statements.push_back({"insert into t values (5, 'e')", {}});
  const auto failed = scene.ask(bad);
  CHECK(failed.error_id == number(ErrorId::kExecutionFailed));
  CHECK(failed.sqlstate == "23505");
  CHECK(failed.message.starts_with("statement 2 of 3: "));
  CHECK(scene.value("select count(*) from t") == "3");
}

TEST_CASE("what the database refuses is answered with its SQLSTATE") {
  ON_EACH_STORE(store);
  Scene scene(store);
  create_table(scene);
  CHECK(scene.ask("insert into t values (1, 'a')").error_id == 0);
  struct Case {
    std::string sql;
    Params params;
    std::string sqlstate;
  };
  const Value one{Value::Kind::kInteger, 1, ""};
  const std::vector<Case> cases{
      {"insert into t values (1, 'again')", {}, "23505"},
      {"insert into t values (2, null)", {}, "23502"},
      {"selekt 1", {}, "42601"},
      {"select * from missing", {}, "42P01"},
      {"select missing from t", {}, "42703"},
      {"select 1; drop table t", {}, "42601"},
      {"insert into t values ($1, $2)", {one}, "07001"},
      {"insert into t values ($1, 'x')", {one, one}, "07001"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    auto request = scene.request(c.sql);
    request.statements[0].params = c.params;
    const auto response = scene.ask(request);
    CHECK(response.error_id == number(ErrorId::kExecutionFailed));
    CHECK(response.sqlstate == c.sqlstate);
    CHECK_FALSE(response.message.empty());
  }
  CHECK(scene.value("select count(*) from t") == "1");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("MAX_ROWS cuts a result of any size and says so") {
  ON_EACH_STORE(store);
  Scene scene(store);
  const std::string many =
      store == Store::kPostgres
          ? "select g from generate_series(1, 10000000) g"
          : "with recursive g(i) as (select 1 union all select i + 1 from g where i < 10000000) "
            "select i from g";
  auto request = scene.request(many);
  request.rows_max = 10;
  const auto response = scene.ask(request);
  CHECK(response.error_id == 0);
  CHECK(response.rows.size() == 10);
  CHECK(response.is_truncated);
  auto exact = scene.request("select 1 union all select 2");
  exact.rows_max = 2;
  CHECK_FALSE(scene.ask(exact).is_truncated);
}

TEST_CASE("a result beyond reply_max is answered with REPLY_TOO_LARGE") {
  ON_EACH_STORE(store);
  Scene scene(store, {.limits = "lease = 2s\nreply_max = 64KiB"});
  create_table(scene);
  const std::string many =
      store == Store::kPostgres
          ? "select g from generate_series(1, 10000000) g"
          : "with recursive g(i) as (select 1 union all select i + 1 from g where i < 10000000) "
            "select i from g";
  CHECK(scene.ask(many).error_id == number(ErrorId::kReplyTooLarge));
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a constraint that fails at COMMIT fails its own request and no neighbour") {
  Scene scene(Store::kPostgres, {.starts_bus = false});
  scene.postgres().exec(
      "create table p (i integer primary key); create table c (p integer "
      "references p deferrable initially deferred)");
  std::vector<std::string> statements;
  for (int i = 0; i < 40; ++i) {
    statements.push_back("insert into p values (" + std::to_string(i) + ")");
  }
  statements[20] = "insert into c values (1000)";
  scene.push_all(statements);
  scene.start_bus();
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from p") == "39");
  REQUIRE(scene.dead_count() == 1);
  CHECK(scene.dead().sqlstate == "23503");
}

TEST_CASE("statements that would leak into others are refused") {
  ON_EACH_STORE(store);
  Scene scene(store);
  for (const auto* sql : {"begin", "COMMIT", " /* x */ rollback", "-- c\nset search_path = x",
                          "savepoint a", "lock table t", "pragma synchronous = off"}) {
    CAPTURE(sql);
    const auto before = scene.dead_count();
    CHECK(scene.ask(sql).error_id == number(ErrorId::kStatementRefused));
    CHECK(scene.dead_count() == before + 1);
  }
  CHECK(scene.value("select 1") == "1");
}

}  // namespace sqlbus::test
