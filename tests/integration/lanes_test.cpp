// Several lanes to one database, and what groups and sets do for a drain.
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

constexpr int kCallers = 40;
constexpr int kRows = 250;  // of each caller

Request row_of(Scene& scene, int caller, int sequence, bool sync = false) {
  auto request = scene.request("insert into t (caller, i) values ($1, $2)", sync);
  request.app = "caller" + std::to_string(caller);
  request.pid = caller;
  request.statements[0].params = {{Value::Kind::kInteger, caller, {}},
                                  {Value::Kind::kInteger, sequence, {}}};
  return request;
}

void make_table(Scene& scene) {
  REQUIRE(scene.ask("create table t (n serial, caller integer, i integer)").error_id == 0);
}

void check_each_in_order(Scene& scene) {
  CHECK(scene.value("select count(*) from t") == std::to_string(kCallers * kRows));
  CHECK(scene.value("select count(*) from (select distinct caller, i from t) x") ==
        std::to_string(kCallers * kRows));
  CHECK(scene.value("select count(*) from (select i - lag(i) over (partition by caller order by n) "
                    "as step from t) x where step <> 1") == "0");
}

}  // namespace

TEST_CASE("with several lanes each caller's order is kept, whoever dies") {
  Scene scene(Store::kPostgres, {.limits = "lease = 1s", .database_lines = "lanes = 4"});
  make_table(scene);
  for (int i = 0; i < kRows; ++i) {
    for (int caller = 0; caller < kCallers; ++caller) scene.push(row_of(scene, caller, i));
  }
  for (int kill = 0; kill < 3; ++kill) {
    const auto before = scene.redis().command({"LLEN", kQueue}).integer;
    (void)eventually([&] { return scene.redis().command({"LLEN", kQueue}).integer < before; });
    scene.bus().kill9();
    scene.bus().restart();
    REQUIRE(scene.bus().wait_ready());
  }
  REQUIRE(scene.is_drained());
  check_each_in_order(scene);
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("with several lanes a caller reads what he has written") {
  Scene scene(Store::kPostgres, {.database_lines = "lanes = 4"});
  make_table(scene);
  for (int round = 0; round < 20; ++round) {
    std::vector<Request> questions;
    for (int caller = 0; caller < 10; ++caller) {
      for (int i = 0; i < 10; ++i) scene.push(row_of(scene, caller, round * 10 + i));
      auto question = scene.request("select count(*) from t where caller = $1");
      question.app = "caller" + std::to_string(caller);
      question.pid = caller;
      question.statements[0].params = {{Value::Kind::kInteger, caller, {}}};
      scene.push(question);
      questions.push_back(question);
    }
    for (const auto& question : questions) {
      const auto response = scene.answer(question.rchannel);
      REQUIRE(response.error_id == 0);
      CHECK(response.rows[0][0].text == std::to_string(10 * (round + 1)));
    }
  }
}

TEST_CASE("a database with several lanes that comes back gets everything, in order") {
  Scene scene(Store::kPostgres, {.limits = "lease = 1s", .database_lines = "lanes = 3"});
  make_table(scene);
  for (int i = 0; i < kRows; ++i) {
    for (int caller = 0; caller < kCallers; ++caller) scene.push(row_of(scene, caller, i));
    if (i == kRows / 3) scene.postgres().stop();
    if (i == 2 * kRows / 3) scene.postgres().start();
  }
  const auto all = std::to_string(kCallers * kRows);
  REQUIRE(eventually([&] { return scene.postgres().query_value("select count(*) from t") == all; },
                     std::chrono::seconds(60)));
  check_each_in_order(scene);
}

TEST_CASE("a drain with bad values among good ones keeps all good ones, in order") {
  for (const std::string lines :
       {"merge_inserts = yes", "merge_inserts = no", "prepared_statements = no"}) {
    CAPTURE(lines);
    Scene scene(Store::kPostgres, {.database_lines = lines});
    REQUIRE(
        scene.ask("create table t (n serial, i integer check (i % 100 <> 7), s text)").error_id ==
        0);
    scene.bus().terminate();
    for (int i = 0; i < 3000; ++i) {
      auto request = scene.request("insert into t (i, s) values ($1, $2)", false);
      request.statements[0].params = {{Value::Kind::kInteger, i, {}}, {Value::Kind::kText, 0, "s"}};
      if (i % 100 == 8) request.statements[0].params[0] = {Value::Kind::kText, 0, "no number"};
      scene.push(request);
    }
    scene.bus().restart();
    REQUIRE(scene.is_drained());
    CHECK(scene.dead_count() == 60);
    CHECK(scene.value("select count(*) from t") == "2940");
    CHECK(scene.value("select count(*) from (select i - lag(i) over (order by n) as step from t) x "
                      "where step <= 0") == "0");
  }
}

TEST_CASE("a schema that changes in the middle of a backlog does not stop it") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (n serial, i integer, s text)").error_id == 0);
  scene.bus().terminate();
  for (int i = 0; i < 3000; ++i) {
    auto request = scene.request("insert into t (i, s) values ($1, $2)", false);
    request.statements[0].params = {{Value::Kind::kInteger, i, {}}, {Value::Kind::kText, 0, "7"}};
    // From here on only the new types take it.
    if (i > 2000) {
      request.statements[0].params = {{Value::Kind::kInteger, i + 5'000'000'000, {}},
                                      {Value::Kind::kText, 0, "1.5"}};
    }
    scene.push(request);
    if (i == 1000) scene.push(scene.request("alter table t add column extra integer default 3"));
    if (i == 2000) {
      scene.push(
          scene.request("alter table t alter column i type bigint, "
                        "alter column s type numeric using s::numeric",
                        false));
    }
  }
  scene.bus().restart();
  REQUIRE(scene.is_drained());
  CHECK(scene.dead_count() == 0);
  CHECK(scene.value("select count(*) from t where extra = 3") == "3000");
  CHECK(scene.value("select sum(s) from t where i > 5000000000") == "1498.5");
}

TEST_CASE("a blocking query waits for its caller's writes, and for nobody else's") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  const auto ask = [&](const std::string& app, const std::string& sql) {
    auto request = scene.request(sql);
    request.app = app;
    return scene.ask(request);
  };
  auto slow = scene.request("insert into t select 1 from pg_sleep(3)", false);
  slow.app = "writer";
  scene.push(slow);
  REQUIRE(eventually([&] {
    return scene.postgres().query_value(
               "select count(*) from pg_stat_activity where query like "
               "'insert into t select%' and state = 'active'") == "1";
  }));
  const auto begun = std::chrono::steady_clock::now();
  const auto other = ask("reader", "select count(*)::text from t");
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(2500));
  REQUIRE(other.rows.size() == 1);
  CHECK(other.rows[0][0].text == "0");
  const auto own = ask("writer", "select count(*)::text from t");
  REQUIRE(own.rows.size() == 1);
  CHECK(own.rows[0][0].text == "1");
}

TEST_CASE("what a caller sends behind its query does not overtake it") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  // Looks only after a while.
  REQUIRE(scene
              .ask("create function late_count() returns bigint language plpgsql as "
                   "'begin perform pg_sleep(1); return (select count(*) from t); end'")
              .error_id == 0);
  auto slow = scene.request("select count(*) from pg_sleep(2)", false);
  slow.app = "writer";
  auto question = scene.request("select late_count()::text");
  question.app = "reader";
  auto behind = scene.request("insert into t values (1)", false);
  behind.app = "reader";
  scene.push(slow);
  REQUIRE(eventually([&] {
    return scene.postgres().query_value(
               "select count(*) from pg_stat_activity where query like "
               "'select count(*) from pg_sleep%' and state = 'active'") == "1";
  }));
  scene.push(question);
  scene.push(behind);
  const auto answer = scene.answer(question.rchannel);
  REQUIRE(answer.rows.size() == 1);
  CHECK(answer.rows[0][0].text == "0");
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "1");
}

TEST_CASE("each caller sees its own writes and none of its later ones, whatever others write") {
  Scene scene(Store::kPostgres);
  REQUIRE(scene.ask("create table t (who text)").error_id == 0);
  struct Question {
    std::string channel;
    std::string rows;
  };
  std::vector<Question> questions;
  const auto push = [&](const std::string& app, const std::string& sql, bool sync) {
    auto request = scene.request(sql, sync);
    request.app = app;
    scene.push(request);
    return request.rchannel.str();
  };
  constexpr int kRounds = 150;
  for (int i = 0; i < kRounds; ++i) {
    for (int k = 0; k < 5; ++k) push("noise", "insert into t values ('noise')", false);
    for (const std::string app : {"a", "b", "c"}) {
      // Now behind its own writes, now with nothing under way.
      const auto count = "select count(*)::text from t where who = '" + app + "'";
      questions.push_back({push(app, count, true), std::to_string(i)});
      if (i % 3 == 0) questions.push_back({push(app, count, true), std::to_string(i)});
      push(app, "insert into t values ('" + app + "')", false);
      if (i % 2 == 0) questions.push_back({push(app, count, true), std::to_string(i + 1)});
    }
  }
  for (const auto& question : questions) {
    const auto answer = scene.answer(question.channel);
    REQUIRE(answer.rows.size() == 1);
    CHECK(answer.rows[0][0].text == question.rows);
  }
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == std::to_string(kRounds * 8));
}

namespace {

// A lane with a statement that takes 3 seconds, beside it a query of another caller that takes 2,
// and what that caller sends behind it.
struct BehindQuery {
  explicit BehindQuery(const std::string& limits = "lease = 1s")
      : scene(Store::kPostgres, {.limits = limits}) {
    REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
    auto slow = scene.request("insert into t select 1 from pg_sleep(3)", false);
    slow.app = "writer";
    scene.push(slow);
    REQUIRE(eventually([&] { return is_active("insert into t select"); }));
    question = scene.request("select pg_sleep(2)::text");
    question.app = "reader";
    scene.push(question);
    REQUIRE(eventually([&] { return is_active("select pg_sleep(2)"); }));
  }
  bool is_active(const std::string& begin) {
    return scene.postgres().query_value("select count(*) from pg_stat_activity where query like '" +
                                        begin + "%' and state = 'active'") == "1";
  }
  Request behind(bool sync = false) {
    auto request = scene.request("insert into t values (2)", sync);
    request.app = "reader";
    return request;
  }
  void push_behind(const Request& request) {
    scene.push(request);
    REQUIRE(eventually([&] { return scene.redis().command({"LLEN", kQueue}).integer == 0; }));
  }
  void check_once() {
    REQUIRE(scene.is_drained());
    CHECK(scene.value("select count(*) from t where i = 1") == "1");
    CHECK(scene.value("select count(*) from t where i = 2") == "1");
    CHECK(scene.dead_count() == 0);
  }

  Scene scene;
  Request question;
};

}  // namespace

TEST_CASE("a stop gives back what waits behind a query") {
  BehindQuery held;
  held.push_behind(held.behind());
  held.scene.bus().terminate();
  CHECK(held.scene.answer(held.question.rchannel).error_id == 0);
  CHECK(held.scene.redis().command({"LLEN", kQueue}).integer == 1);
  held.scene.bus().restart();
  held.check_once();
}

TEST_CASE("a daemon that dies leaves what waits behind a query to the next one") {
  BehindQuery held;
  held.push_behind(held.behind());
  held.scene.bus().kill9();
  held.scene.bus().restart();
  CHECK(held.scene.answer(held.question.rchannel).error_id == 0);
  held.check_once();
}

TEST_CASE("a daemon that loses its queue does not run what waits there behind a query") {
  BehindQuery held;
  PrivateBus stand_by(held.scene.config());
  REQUIRE(stand_by.wait_ready());
  held.push_behind(held.behind());
  held.scene.bus().process().kill(SIGSTOP);
  REQUIRE(eventually([&] { return stand_by.log().find("queue owned") != std::string::npos; }));
  CHECK(held.scene.answer(held.question.rchannel).error_id == 0);
  held.scene.bus().process().kill(SIGCONT);
  REQUIRE(
      eventually([&] { return held.scene.bus().log().find("queue lost") != std::string::npos; }));
  held.check_once();
}

TEST_CASE("a DEADLINE that passes while its request waits behind a query is kept") {
  BehindQuery held;
  auto late = held.behind(true);
  late.deadline =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
      std::chrono::milliseconds(500);
  held.push_behind(late);
  CHECK(held.scene.answer(late.rchannel).error_id == static_cast<int>(ErrorId::kExpired));
  REQUIRE(held.scene.is_drained());
  CHECK(held.scene.value("select count(*) from t where i = 2") == "0");
}

}  // namespace sqlbus::test
