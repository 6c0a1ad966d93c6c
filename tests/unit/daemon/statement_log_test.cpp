#include "daemon/lane/statement_log.hpp"

#include <doctest/doctest.h>

#include "daemon/lane/group_runner.hpp"
#include "tests/unit/daemon/deliveries.hpp"
#include "tests/unit/daemon/memory_session.hpp"
#include "tests/unit/daemon/recording_log.hpp"

namespace sqlbus {
namespace {

using std::chrono::microseconds;
using Fields = std::map<std::string, std::string>;

Job make_job(const std::string& uuid, const std::string& sql) {
  auto job = test::make_job(sql);
  job.admitted.request.uuid = uuid;
  return job;
}

struct StatementLogBench {
  explicit StatementLogBench(Log::Level level = Log::Level::kInfo) : log(level) {}

  test::RecordingLog log;
  milliseconds slow{10};
  StatementLog statements{log, "orders", "2", SqlRules::kAny, slow};
};

}  // namespace

TEST_CASE("a statement that took longer than the limit is told, masked, with its time") {
  StatementLogBench bench;
  const auto job = make_job("u", "update t set a = 'x' where b = 7");
  bench.statements.ran(job, microseconds(10000), 3);
  CHECK(bench.log.lines().empty());
  bench.statements.ran(job, microseconds(10001), 3);
  REQUIRE(bench.log.lines().size() == 1);
  const auto line = bench.log.take()[0];
  CHECK(line.level == Log::Level::kWarning);
  CHECK(line.message == "slow statement");
  CHECK(line.fields == Fields{{"uuid", "u"},
                              {"app", "test"},
                              {"queue", "q"},
                              {"database", "orders"},
                              {"lane", "2"},
                              {"took_ms", "10.001"},
                              {"rows", "3"},
                              {"statement", "update t set a = ? where b = ?"}});
  bench.slow = milliseconds(0);  // by a reload
  bench.statements.ran(job, std::chrono::hours(1), 3);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("of a group nobody knows which one was slow: one line for all, with how many") {
  StatementLogBench bench;
  const auto first = make_job("u1", "insert into t values (1)");
  const auto second = make_job("u2", "insert into s values (2)");
  bench.statements.ran_together({&first, &second}, microseconds(20000), 2);
  REQUIRE(bench.log.lines().size() == 1);
  const auto line = bench.log.take()[0];
  CHECK(line.message == "slow group of statements");
  CHECK(line.fields.at("uuid") == "u1");
  CHECK(line.fields.at("last_uuid") == "u2");
  CHECK(line.fields.at("requests") == "2");
  CHECK(line.fields.at("statement") == "insert into t values (?)");
}

TEST_CASE("at level debug each statement is told, with the size of its group") {
  StatementLogBench bench(Log::Level::kDebug);
  const auto first = make_job("u1", "insert into t values (1)");
  const auto second = make_job("u2", "insert into s values (2)");
  bench.statements.ran_together({&first, &second}, microseconds(1), 2);
  const auto lines = bench.log.take();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].message == "statement ran");
  CHECK(lines[1].fields.at("uuid") == "u2");
  CHECK(lines[1].fields.at("group") == "2");
}

TEST_CASE("all statements of a request are shown, up to a bound") {
  StatementLogBench bench;
  auto job = make_job("u", "insert into t values (1)");
  for (int i = 0; i < 900; ++i) job.admitted.request.statements.push_back({"delete from t", {}});
  bench.statements.ran(job, microseconds(20000), 0);
  const auto text = bench.log.take()[0].fields.at("statement");
  CHECK(text.starts_with("insert into t values (?); delete from t; delete from t"));
  CHECK(text.size() < 2100);
}

TEST_CASE("the runner tells of whatever it runs: groups, pairs, lone ones and failures") {
  StatementLogBench bench(Log::Level::kDebug);
  BusClock clock;
  const Concluder concluder("i", clock, &bench.log);
  const LimitSettings limits;
  const DatabaseSettings database;
  auto session = test::connect_in_memory();
  DeadlineWatch watch([] {});
  GroupRunner runner({limits, database, clock, concluder, watch, {}, &bench.statements});
  std::deque<Job> turn;
  std::vector<Outcome> outcomes;
  const auto count_of = [&](const std::string& sql, Admitted::Mode mode, int copies = 1) {
    for (int i = 0; i < copies; ++i) {
      turn.push_back(test::make_job(sql, mode == Admitted::Mode::kQuery, mode));
    }
    for (int i = 0; i < 20 && !turn.empty(); ++i) runner.run(session, turn, outcomes);
    std::size_t ran = 0;
    for (const auto& line : bench.log.take()) ran += line.message == "statement ran" ? 1U : 0U;
    return ran;
  };
  CHECK(count_of("create table t (i integer)", Admitted::Mode::kAlone) == 1);
  CHECK(count_of("insert into t values (1)", Admitted::Mode::kGroup, 3) == 3);
  CHECK(count_of("select * from t", Admitted::Mode::kQuery) == 1);
  CHECK(count_of("select * from nowhere", Admitted::Mode::kQuery) == 1);
  CHECK(count_of("insert into nowhere values (1)", Admitted::Mode::kGroup) == 1);
  runner.use_ledger(true);
  REQUIRE_FALSE(LedgerTable(session).create());
  CHECK(count_of("vacuum", Admitted::Mode::kAlone) == 2);  // in vain in a transaction first
}

}  // namespace sqlbus
