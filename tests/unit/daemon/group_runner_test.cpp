#include "daemon/lane/group_runner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "protocol/response_codec.hpp"
#include "tests/unit/daemon/deliveries.hpp"
#include "tests/unit/daemon/memory_session.hpp"

namespace sqlbus {
namespace {

// A real SQLite session on a database in memory, and a runner for it.
struct GroupBench {
  GroupBench() {
    run_one("create table t (i integer primary key, s text)", Admitted::Mode::kAlone);
    outcomes.clear();
  }

  GroupRunner::Next run_one(std::string sql, Admitted::Mode mode = Admitted::Mode::kGroup) {
    turn.push_back(test::make_job(std::move(sql), true, mode));
    return runner.run(session, turn, outcomes);
  }
  void run_all() {
    for (int i = 0; i < 100 && !turn.empty(); ++i) runner.run(session, turn, outcomes);
    REQUIRE(turn.empty());
  }
  void add(const std::string& sql, bool sync = false) { turn.push_back(test::make_job(sql, sync)); }

  std::string value(const std::string& sql) {
    outcomes.clear();
    run_one(sql, Admitted::Mode::kQuery);
    REQUIRE(outcomes.size() == 1);
    const auto response = decode_response(outcomes[0].response);
    REQUIRE(response.ok());
    REQUIRE(response->rows.size() == 1);
    return response->rows[0][0].text;
  }
  std::vector<int> errors() const {
    std::vector<int> out;
    for (const auto& outcome : outcomes) out.push_back(static_cast<int>(outcome.error));
    return out;
  }

  BusClock clock;
  Concluder concluder{"i", clock};
  LimitSettings limits;
  DatabaseSettings database;
  Session session = test::connect_in_memory();
  std::function<void()> on_cancel = [] {};
  DeadlineWatch watch{[this] {
    on_cancel();
    session.cancel();
  }};
  GroupRunner runner{{limits, database, clock, concluder, watch}};
  std::deque<Job> turn;
  std::vector<Outcome> outcomes;
};

// The same with a ledger, which sees each statement as a request of its own.
struct LedgerBench : GroupBench {
  LedgerBench() {
    REQUIRE_FALSE(LedgerTable(session).create());
    runner.use_ledger(true);
  }
};

}  // namespace

TEST_CASE("a group of writes is one transaction and ends with one outcome each") {
  GroupBench bench;
  for (int i = 0; i < 100; ++i) bench.add("insert into t (i) values (" + std::to_string(i) + ")");
  CHECK(bench.runner.run(bench.session, bench.turn, bench.outcomes) == GroupRunner::Next::kGoOn);
  CHECK(bench.turn.empty());
  CHECK(bench.errors() == std::vector<int>(100, 0));
  CHECK(bench.value("select count(*) from t") == "100");
}

TEST_CASE("a statement that fails takes no neighbour with it, wherever it stands") {
  for (const int bad : {0, 1, 50, 98, 99}) {
    CAPTURE(bad);
    GroupBench bench;
    for (int i = 0; i < 100; ++i) {
      bench.add(i == bad ? "insert into nowhere values (1)"
                         : "insert into t (i) values (" + std::to_string(i) + ")");
    }
    bench.run_all();
    REQUIRE(bench.outcomes.size() == 100);
    CHECK(static_cast<int>(bench.outcomes[static_cast<std::size_t>(bad)].error) == -1);
    CHECK(std::count_if(bench.outcomes.begin(), bench.outcomes.end(),
                        [](const Outcome& o) { return o.error == ErrorId::kOk; }) == 99);
    CHECK(bench.value("select count(*) from t") == "99");
  }
}

TEST_CASE("many failures in one group keep the order of what is between them") {
  GroupBench bench;
  bench.run_one("create table seen (n integer primary key, i integer)", Admitted::Mode::kAlone);
  bench.outcomes.clear();
  for (int i = 0; i < 200; ++i) {
    bench.add(i % 7 == 3 ? "insert into t (i) values (-1), (-1)"
                         : "insert into seen (i) values (" + std::to_string(i) + ")");
  }
  bench.run_all();
  CHECK(bench.value("select count(*) from seen") == "171");
  CHECK(bench.value("select count(*) from seen a join seen b on b.n = a.n + 1 and b.i <= a.i") ==
        "0");
}

TEST_CASE("a batch that is gone is left untouched, and a lease in doubt lets nothing begin") {
  GroupBench bench;
  const auto gone = test::make_batch();
  gone->is_gone = true;
  bench.turn.push_back(
      test::make_job("insert into t (i) values (1)", false, Admitted::Mode::kGroup, gone));
  CHECK(bench.runner.run(bench.session, bench.turn, bench.outcomes) == GroupRunner::Next::kGoOn);
  REQUIRE(bench.outcomes.size() == 1);
  CHECK(bench.outcomes[0].kind == Outcome::Kind::kUntouched);

  const auto doubtful = test::make_batch();
  doubtful->lease = std::make_shared<Lease>();
  bench.turn.push_back(
      test::make_job("insert into t (i) values (2)", false, Admitted::Mode::kGroup, doubtful));
  CHECK(bench.runner.run(bench.session, bench.turn, bench.outcomes) == GroupRunner::Next::kHold);
  CHECK(bench.turn.size() == 1);
  bench.turn.clear();
  CHECK(bench.value("select count(*) from t") == "0");
}

TEST_CASE("a request whose DEADLINE passes in the lane does not begin") {
  GroupBench bench;
  auto job = test::make_job("insert into t (i) values (1)", true);
  job.admitted.request.deadline = bench.clock.now();
  bench.turn.push_back(std::move(job));
  bench.run_all();
  CHECK(bench.errors() == std::vector<int>{1301});
  CHECK(bench.value("select count(*) from t") == "0");
}

TEST_CASE("a statement cancelled at its DEADLINE has been started, whatever the clock says then") {
  for (const auto mode : {Admitted::Mode::kGroup, Admitted::Mode::kQuery}) {
    LedgerBench bench;
    const auto deadline = bench.clock.now() + std::chrono::milliseconds(20);
    bench.on_cancel = [&] { bench.clock.set(deadline - std::chrono::milliseconds(10)); };
    auto job = test::make_job(
        "with recursive c(x) as (select 1 union all select x + 1 from c where x < 3000000000) "
        "select max(x) from c",
        true, mode);
    job.admitted.request.deadline = deadline;
    bench.turn.push_back(std::move(job));
    bench.run_all();
    CHECK(bench.errors() == std::vector<int>{1302});
  }
}

TEST_CASE("a statement that leaves a transaction open is undone and answered with 1304") {
  GroupBench bench;
  CHECK(bench.run_one("begin", Admitted::Mode::kAlone) == GroupRunner::Next::kReplace);
  CHECK(bench.errors() == std::vector<int>{1304});
}

TEST_CASE("a pair and an array share a group with single statements") {
  GroupBench bench;
  bench.add("insert into t values (1, 'a')");
  auto pair = test::make_job("update t set s = 'b' where i = 2", true);
  pair.admitted.request.form = Request::Form::kUpsert;
  pair.admitted.request.statements.push_back({"insert into t values (2, 'c')", {}});
  bench.turn.push_back(std::move(pair));
  auto array = test::make_job("insert into t values (3, 'd')", true);
  array.admitted.request.form = Request::Form::kTransaction;
  array.admitted.request.statements.push_back({"insert into t values (1, 'e')", {}});
  bench.turn.push_back(std::move(array));
  bench.run_all();
  CHECK(bench.errors() == std::vector<int>{0, 0, -1});
  const auto failed = decode_response(bench.outcomes[2].response);
  REQUIRE(failed.ok());
  CHECK(failed->message.starts_with("statement 2 of 2: "));
  CHECK(bench.value("select group_concat(i || s) from t") == "1a,2c");
}

TEST_CASE("with a ledger a failure inside a group is remembered with its neighbours' effects") {
  LedgerBench bench;
  const auto push_all = [&] {
    for (int i = 0; i < 100; ++i) {
      bench.add(i % 10 == 3 ? "insert into nowhere values (" + std::to_string(i) + ")"
                            : "insert into t (i) values (" + std::to_string(i) + ")");
    }
    bench.run_all();
  };
  push_all();
  CHECK(std::count_if(bench.outcomes.begin(), bench.outcomes.end(),
                      [](const Outcome& o) { return o.error == ErrorId::kOk; }) == 90);
  bench.run_one("create table nowhere (i integer)", Admitted::Mode::kAlone);
  bench.outcomes.clear();
  push_all();  // all of them are copies
  CHECK(std::count_if(bench.outcomes.begin(), bench.outcomes.end(), [](const Outcome& o) {
          return o.error == ErrorId::kExecutionFailed && !o.dead_letter.empty();
        }) == 10);
  CHECK(std::count_if(bench.outcomes.begin(), bench.outcomes.end(),
                      [](const Outcome& o) { return o.is_duplicate; }) == 90);
  CHECK(bench.value("select count(*) from t") == "90");
  CHECK(bench.value("select count(*) from nowhere") == "0");
  CHECK(bench.value("select count(*) from sqlbus_ledger where sqlstate <> ''") == "10");
}

TEST_CASE("a failure beside a copy, after an earlier failure, takes nobody with it") {
  LedgerBench bench;
  bench.add("insert into t values (1, 'a')");
  bench.add("insert into nowhere values (1)");
  bench.add("insert into t values (2, 'b')");
  bench.run_all();
  bench.outcomes.clear();
  bench.add("insert into t values (3, 'c')");
  bench.add("insert into t values (1, 'a')");  // the same once more
  bench.add("insert into nowhere values (2)");
  bench.add("insert into t values (4, 'd')");
  bench.run_all();
  CHECK(bench.errors() == std::vector<int>{0, 0, -1, 0});
  CHECK(bench.value("select group_concat(i) from (select i from t order by i)") == "1,2,3,4");
}

TEST_CASE("a pair that fails within a careful group takes back nothing of its neighbours") {
  LedgerBench bench;
  bench.add("insert into t values (1, 'a')");
  bench.add("insert into nowhere values (1)");  // from here on with savepoints
  auto pair = test::make_job("update t set s = 'b' where i = 2");
  pair.admitted.request.form = Request::Form::kUpsert;
  pair.admitted.request.statements.push_back({"insert into t values (1, 'c')", {}});
  bench.turn.push_back(std::move(pair));
  bench.add("insert into t values (3, 'd')");
  bench.add("insert into nowhere values (2)");
  bench.add("insert into t values (4, 'e')");
  bench.run_all();
  CHECK(bench.errors() == std::vector<int>{0, -1, 100, 0, -1, 0});
  CHECK(bench.value("select group_concat(i || s) from t") == "1a,3d,4e");
}

TEST_CASE("a statement that ends the transaction by itself costs nobody his effect") {
  LedgerBench bench;
  bench.add("insert into t values (1, 'a')");
  bench.add("insert or rollback into t values (1, 'b')");
  bench.add("insert into t values (2, 'c')");
  bench.run_all();
  CHECK(bench.errors() == std::vector<int>{0, -1, 0});
  CHECK(bench.value("select group_concat(i || s) from t") == "1a,2c");
  CHECK(bench.value("select count(*) from sqlbus_ledger") == "3");
}

TEST_CASE("a query leaves no row in the ledger") {
  LedgerBench bench;
  CHECK(bench.value("select count(*) from t") == "0");
  CHECK(bench.value("select count(*) from sqlbus_ledger") == "0");
}

TEST_CASE("what cannot run in a transaction runs outside, is counted, and is known to its copies") {
  LedgerBench bench;
  bench.run_one("vacuum", Admitted::Mode::kAlone);
  bench.run_one("vacuum", Admitted::Mode::kAlone);
  CHECK(bench.errors() == std::vector<int>{0, 0});
  CHECK(bench.outcomes[1].is_duplicate);
  CHECK(bench.runner.unprotected() == 1);
}

TEST_CASE("a first answer that is too large to keep is told as such to a copy") {
  LedgerBench bench;
  bench.database.ledger_answer_max = 200;
  const std::string sql = "insert into t values (1, '" + std::string(300, 'x') + "') returning s";
  bench.run_one(sql);
  bench.run_one(sql);
  REQUIRE(bench.outcomes.size() == 2);
  const auto copy = decode_response(bench.outcomes[1].response);
  REQUIRE(copy.ok());
  CHECK(copy->is_duplicate);
  CHECK(copy->is_truncated);
  CHECK(copy->affected == 1);
  CHECK(copy->rows.empty());
  CHECK(bench.value("select count(*) from t") == "1");
}

}  // namespace sqlbus
