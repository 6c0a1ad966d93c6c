// Groups whose COMMIT is on its way while the next one runs, by a driver that can and may fail.
#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/lane/group_runner.hpp"
#include "daemon/session/ledger_table.hpp"
#include "tests/unit/daemon/deliveries.hpp"
#include "tests/unit/daemon/memory_session.hpp"

namespace sqlbus {
namespace {

using Next = GroupRunner::Next;

// SQLite, with a COMMIT that is done only when its outcome is asked for.
bool is_started = false;
int fails_with = SQLBUS_OK;  // the next one of them

int commit_start(sqlbus_session*, const sqlbus_ledger_row*, std::size_t, sqlbus_error*) {
  is_started = true;
  return SQLBUS_OK;
}

int commit_finish(sqlbus_session* session, sqlbus_error* error) {
  is_started = false;
  const int cls = std::exchange(fails_with, SQLBUS_OK);
  if (cls != SQLBUS_OK) {
    test::sqlite_driver().rollback(session, error);
    return cls;
  }
  return test::sqlite_driver().commit(session, nullptr, 0, error);
}

int execute_group(sqlbus_session* session, sqlbus_group* group, sqlbus_error* error) {
  if (is_started) {
    if (const int cls = commit_finish(session, error); cls != SQLBUS_OK) {
      group->failed_step = SQLBUS_GROUP_COMMIT;
      return cls;
    }
    group->committed(group->context);
  }
  return test::sqlite_driver().execute_group(session, group, error);
}

struct CommitBench {
  CommitBench() {
    is_started = false;
    fails_with = SQLBUS_OK;
    driver.commit_start = commit_start;
    driver.commit_finish = commit_finish;
    driver.execute_group = execute_group;
    limits.group_max = 10;
    session.emplace(test::connect_in_memory(driver));
    runner.emplace(GroupRunner::House{limits, database, clock, concluder, watch,
                                      [this](std::vector<Outcome> early) { take(early); }});
    add("create table t (n integer primary key, i integer)", Admitted::Mode::kAlone);
    drain();
    ended.clear();
  }
  void add(std::string sql, Admitted::Mode mode = Admitted::Mode::kGroup, bool sync = false) {
    turn.push_back(test::make_job(std::move(sql), sync, mode));
  }
  void add_inserts(int from, int to) {
    for (int i = from; i < to; ++i) add("insert into t (i) values (" + std::to_string(i) + ")");
  }
  Next step() {
    std::vector<Outcome> outcomes;
    const auto next =
        turn.empty() ? runner->finish(*session, outcomes) : runner->run(*session, turn, outcomes);
    take(outcomes);
    return next;
  }
  void drain() {
    for (int i = 0; i < 1000 && (!turn.empty() || runner->is_committing()); ++i) step();
    REQUIRE(turn.empty());
  }
  void take(std::vector<Outcome>& outcomes) {
    for (auto& outcome : outcomes) ended.push_back(std::move(outcome));
    outcomes.clear();
  }
  bool all_good() const {
    return std::all_of(ended.begin(), ended.end(),
                       [](const Outcome& outcome) { return outcome.error == ErrorId::kOk; });
  }
  // A query that its caller waits for.
  std::string ask(const std::string& sql) {
    add(sql, Admitted::Mode::kQuery, true);
    drain();
    return ended.back().response;
  }
  bool says(const std::string& sql, const std::string& value) {
    return ask(sql).find("[[\"" + value + "\"]]") != std::string::npos ||
           ask(sql).find("[[" + value + "]]") != std::string::npos;
  }

  BusClock clock;
  Concluder concluder{"i", clock};
  LimitSettings limits;
  DatabaseSettings database;
  sqlbus_driver driver = test::sqlite_driver();
  std::optional<Session> session;
  DeadlineWatch watch{[] {}};
  std::optional<GroupRunner> runner;
  std::deque<Job> turn;
  std::vector<Outcome> ended;
};

constexpr const char* kInOrder = "select count(*) from t where n = i + 1";

}  // namespace

TEST_CASE("a group is told when its commit is there, which the next group brings") {
  CommitBench bench;
  bench.add_inserts(0, 30);
  CHECK(bench.step() == Next::kGoOn);
  CHECK(bench.runner->is_committing());
  CHECK(bench.ended.empty());
  CHECK(bench.turn.size() == 20);
  CHECK(bench.step() == Next::kGoOn);
  CHECK(bench.ended.size() == 10);
  CHECK(bench.step() == Next::kGoOn);
  CHECK(bench.ended.size() == 20);
  CHECK(bench.step() == Next::kGoOn);
  CHECK_FALSE(bench.runner->is_committing());
  CHECK(bench.ended.size() == 30);
  CHECK(bench.all_good());
  CHECK(bench.says(kInOrder, "30"));
}

TEST_CASE("a query sees what was committed before it") {
  CommitBench bench;
  bench.add_inserts(0, 10);
  CHECK(bench.says(kInOrder, "10"));
  CHECK(bench.ended.size() >= 11);
}

TEST_CASE("a commit that fails: everything runs again, in order, each once") {
  for (const int cls : {SQLBUS_TRANSIENT, SQLBUS_CANCELLED, SQLBUS_PERMANENT}) {
    CAPTURE(cls);
    CommitBench bench;
    bench.add_inserts(0, 30);
    CHECK(bench.step() == Next::kGoOn);
    fails_with = cls;
    CHECK(bench.step() == Next::kRest);
    CHECK_FALSE(bench.runner->is_committing());
    CHECK(bench.ended.empty());
    CHECK(bench.turn.size() == 30);
    bench.drain();
    CHECK(bench.ended.size() == 30);
    CHECK(bench.all_good());
    CHECK(bench.says(kInOrder, "30"));
  }
}

TEST_CASE("a commit whose session is lost leaves its group in doubt, and only that") {
  CommitBench bench;
  bench.add_inserts(0, 20);
  CHECK(bench.step() == Next::kGoOn);
  fails_with = SQLBUS_CONNECTION;
  CHECK(bench.step() == Next::kReplace);
  REQUIRE(bench.turn.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) CHECK(bench.turn[i].is_in_doubt == (i < 10));
}

TEST_CASE("a commit that fails for one request beside copies is that request's failure") {
  CommitBench bench;
  REQUIRE_FALSE(LedgerTable(*bench.session).create());
  bench.add("create table parent (id integer primary key)", Admitted::Mode::kAlone);
  bench.add("create table child (id integer references parent deferrable initially deferred)",
            Admitted::Mode::kAlone);
  bench.drain();
  bench.runner->use_ledger(true);
  const std::string copied = "insert into t (i) values (0)";
  bench.add(copied);
  bench.drain();
  bench.ended.clear();
  bench.add(copied);
  bench.add("insert into child values (99)");
  bench.drain();
  REQUIRE(bench.ended.size() == 2);
  CHECK(bench.ended[0].is_duplicate);
  CHECK(bench.ended[1].error == ErrorId::kExecutionFailed);
  CHECK(bench.says(kInOrder, "1"));
}

TEST_CASE("a failure in the group behind a commit is that group's own") {
  CommitBench bench;
  bench.add_inserts(0, 10);
  bench.add("insert into absent values (1)");
  bench.add_inserts(10, 19);
  bench.drain();
  REQUIRE(bench.ended.size() == 20);
  CHECK(std::count_if(bench.ended.begin(), bench.ended.end(),
                      [](const Outcome& outcome) { return outcome.error != ErrorId::kOk; }) == 1);
  CHECK(bench.ended[10].error == ErrorId::kExecutionFailed);
  CHECK(bench.says(kInOrder, "19"));
}

}  // namespace sqlbus
