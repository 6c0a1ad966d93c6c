// A whole bus by ODBC, on MariaDB and on PostgreSQL.
#include <chrono>
#include <string>
#include <vector>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

std::string create_numbers(Store store) {
  return "create table t (n " + numbered_key(store) + ", i integer, u varchar(20))";
}

std::string insert(int i) { return "insert into t (i) values (" + std::to_string(i) + ")"; }

std::vector<std::string> inserts(int from, int to) {
  std::vector<std::string> statements;
  for (int i = from; i < to; ++i) statements.push_back(insert(i));
  return statements;
}

void check_once_in_order(Scene& scene, int count) {
  CHECK(scene.value("select count(*) from t") == std::to_string(count));
  CHECK(scene.value("select count(distinct i) from t") == std::to_string(count));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                    "where step <= 0") == "0");
}

Value integer(std::int64_t value) { return {.kind = Value::Kind::kInteger, .integer = value}; }

}  // namespace

TEST_CASE("rows, values, errors and receipts come by ODBC as they come by the bus's own drivers") {
  ON_EACH_ODBC_STORE(store);
  Scene scene(store);
  CHECK(scene.ask("create table t (i integer primary key, d numeric(20,2), s varchar(20))")
            .error_id == 0);
  auto insert = scene.request("insert into t values (?, ?, ?)", false);
  insert.statements[0].params = {integer(7),
                                 {.kind = Value::Kind::kNumber, .text = "12345678901234567.89"},
                                 {.kind = Value::Kind::kText, .text = "größer"}};
  scene.push(insert);
  auto query = scene.request("select i, d, s, null from t where i = ?");
  query.statements[0].params = {integer(7)};
  const auto found = scene.ask(query);
  REQUIRE(found.rows.size() == 1);
  CHECK(found.dbtype == (store == Store::kMariaDb ? "MARIADB" : "POSTGRESQL"));
  CHECK(found.rows[0][0].text == "7");
  CHECK(found.rows[0][1].text == "12345678901234567.89");
  CHECK(found.rows[0][2].text == "größer");
  CHECK(found.rows[0][3].is_null);

  const auto doubled = scene.ask("insert into t values (7, 1, 'again')");
  CHECK(doubled.error_id == static_cast<int>(ErrorId::kExecutionFailed));
  CHECK(doubled.sqlstate == "23505");
  CHECK(scene.ask("select * from absent").sqlstate == "42P01");
  CHECK(scene.ask("select i from t where").sqlstate == "42601");
  auto miscounted = scene.request("select i from t where i = ?");
  CHECK(scene.ask(miscounted).error_id == static_cast<int>(ErrorId::kExecutionFailed));
  CHECK(scene.ask("update t set s = 'x' where i = 7").affected == 1);
}

TEST_CASE("a PostgreSQL whose processes are killed under load: once, in order") {
  Scene scene(Store::kOdbcPostgres);
  REQUIRE(scene.ask(create_numbers(Store::kOdbcPostgres)).error_id == 0);
  for (int round = 0; round < 3; ++round) {
    scene.push_all(inserts(round * 2000, round * 2000 + 2000));
    scene.postgres().kill_sessions();
  }
  REQUIRE(scene.is_drained());
  const auto is_fed = eventually(
      [&] {
        return scene.redis().command({"LLEN", "{SqlBusDefaultQueue}:waiting:main"}).integer == 0;
      },
      std::chrono::seconds(60));
  INFO("log of the bus: ", scene.bus().log());
  REQUIRE(is_fed);
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 6000);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a MariaDB that is killed and comes back under load: once, in order") {
  Scene scene(Store::kMariaDb);
  REQUIRE(scene.ask(create_numbers(Store::kMariaDb)).error_id == 0);
  const std::string waiting = "{SqlBusDefaultQueue}:waiting:main";
  for (int round = 0; round < 3; ++round) {
    scene.push_all(inserts(round * 2000, round * 2000 + 1900));
    scene.mariadb().kill9();
    scene.push_all(inserts(round * 2000 + 1900, round * 2000 + 2000));
    REQUIRE(eventually(
        [&] {
          return scene.redis().command({"LLEN", waiting}).integer > 0;
        },
        std::chrono::seconds(30)));
    scene.mariadb().start();
  }
  REQUIRE(eventually(
      [&] {
        return scene.redis().command({"LLEN", waiting}).integer == 0;
      },
      std::chrono::seconds(60)));
  REQUIRE(scene.is_drained());
  check_once_in_order(scene, 6000);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("inserts of one shape go as arrays, and a bad one among them is found") {
  Scene scene(Store::kMariaDb);
  REQUIRE(scene.ask("create table t (i integer primary key, u varchar(20))").error_id == 0);
  scene.bus().terminate();
  for (int i = 0; i < 3000; ++i) {
    auto request = scene.request("insert into t values (?, ?)", false);
    const int id = i == 1500 ? 3 : i;
    request.statements[0].params = {integer(id), {.kind = Value::Kind::kText, .text = "u"}};
    scene.push(request);
  }
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "2999");
  REQUIRE(scene.dead_count() == 1);
  CHECK(scene.dead().sqlstate == "23505");
}

TEST_CASE("a DDL in the middle of a backlog costs and doubles nothing") {
  ON_EACH_ODBC_STORE(store);
  Scene scene(store, {.limits = "lease = 1s"});
  REQUIRE(scene.ask(create_numbers(store)).error_id == 0);
  auto statements = inserts(0, 1000);
  statements[200] = "create table other (i integer)";
  statements[400] = "alter table t add column more integer";
  statements[600] = store == Store::kMariaDb
                        ? "create procedure p() begin insert into other values (1); commit; end"
                        : "create procedure p() language plpgsql as "
                          "'begin insert into other values (1); commit; end'";
  statements[601] = "call p()";
  statements[800] = "truncate table other";
  scene.push_all(statements);
  REQUIRE(scene.is_drained());
  CHECK(scene.dead_count() == 0);
  check_once_in_order(scene, 995);
  CHECK(scene.value("select count(*) from other") == "0");
}

TEST_CASE("a pair looks at the rows that its UPDATE has matched, not at those it has changed") {
  Scene scene(Store::kMariaDb);
  REQUIRE(scene.ask("create table t (i integer primary key, u varchar(20))").error_id == 0);
  auto request = scene.request("update t set u = 'a' where i = 1");
  request.form = Request::Form::kUpsert;
  request.statements.push_back({"insert into t values (1, 'a')", {}});
  for (int round = 0; round < 3; ++round) {
    auto copy = scene.request("");
    copy.form = request.form;
    copy.statements = request.statements;
    const auto response = scene.ask(copy);
    CHECK(response.error_id == 0);
    CHECK(response.affected == 1);
  }
  CHECK(scene.value("select count(*) from t") == "1");
}

TEST_CASE("a statement_timeout ends a statement of MariaDB") {
  Scene scene(Store::kMariaDb,
              {.limits = "retry_max = 1", .database_lines = "statement_timeout = 300ms"});
  const auto response = scene.ask(
      "select count(*) from seq_1_to_10000000 a, seq_1_to_10000000 b where a.seq <> b.seq");
  CHECK(response.error_id == static_cast<int>(ErrorId::kRetriesExhausted));
  CHECK(response.sqlstate == "57014");
  CHECK(response.dbtype == "MARIADB");
  // Also after what runs alone, when the session has been reset.
  CHECK(scene.ask("create table t (i integer)").error_id == 0);
  CHECK(scene
            .ask("select count(*) from seq_1_to_10000000 a, seq_1_to_10000000 b "
                 "where a.seq <> b.seq")
            .sqlstate == "57014");
}

TEST_CASE("ten rows of ten million cost the daemon no memory to speak of") {
  Scene scene(Store::kMariaDb);
  CHECK(scene.value("select 1") == "1");
  const auto peak_kib = [&] {
    const auto status = read_text_file("/proc/" + std::to_string(scene.bus().pid()) + "/status");
    return std::stol(status.substr(status.find("VmHWM:") + 6));
  };
  const auto before = peak_kib();
  auto request = scene.request("select seq from seq_1_to_10000000");
  request.rows_max = 10;
  const auto response = scene.ask(request);
  CHECK(response.rows.size() == 10);
  CHECK(response.is_truncated);
  CHECK(peak_kib() - before < 8 * 1024);
  CHECK(scene.value("select count(*) from seq_1_to_20") == "20");
}

TEST_CASE("a picture of 16 MiB goes in and comes back") {
  Scene scene(Store::kMariaDb, {.limits = "request_max = 64MiB\nreply_max = 64MiB"});
  REQUIRE(scene.ask("create table p (a longblob)").error_id == 0);
  std::string picture(std::size_t{16} << 20U, '\0');
  std::uint32_t seed = 7;
  for (auto& byte : picture) {
    byte = static_cast<char>((seed = seed * 1664525U + 1013904223U) >> 24U);
  }
  auto request = scene.request("insert into p values (?)");
  request.statements[0].params = {{.kind = Value::Kind::kBytes, .text = Text(picture)}};
  CHECK(scene.ask(request).error_id == 0);
  CHECK(scene.value("select length(a) from p") == std::to_string(picture.size()));
  scene.mariadb().exec("use main");
  const auto digest = scene.value("select md5(a) from p");
  const auto response = scene.ask("select a, md5(from_base64(to_base64(a))) from p");
  REQUIRE(response.error_id == 0);
  CHECK(response.rows.at(0).at(0).text.size() == (picture.size() + 2) / 3 * 4);
  CHECK(response.rows.at(0).at(1).text == digest);
}

}  // namespace sqlbus::test
