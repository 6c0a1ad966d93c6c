// What a group does when a driver that runs neighbours as sets cannot say which of them has failed.
#include <doctest/doctest.h>

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/lane/group_runner.hpp"
#include "tests/unit/daemon/deliveries.hpp"
#include "tests/unit/daemon/memory_session.hpp"

namespace sqlbus {
namespace {

bool is_merged(const sqlbus_item& item) { return (item.flags & SQLBUS_ITEM_MERGE) != 0; }
bool begins_set(const sqlbus_item& item) { return (item.flags & SQLBUS_ITEM_SAVEPOINT) != 0; }

// SQLite, as if neighbours between two savepoints ran as one statement.
int execute_sets(sqlbus_session* session, sqlbus_group* group, sqlbus_error* error) {
  const int cls = test::sqlite_driver().execute_group(session, group, error);
  if (cls == SQLBUS_OK || group->failed_step != SQLBUS_GROUP_ITEMS) return cls;
  auto first = group->completed;
  if (!is_merged(group->items[first])) return cls;
  auto end = first + 1;
  while (first > 0 && !begins_set(group->items[first]) && is_merged(group->items[first - 1]))
    --first;
  while (end < group->item_count && !begins_set(group->items[end]) &&
         is_merged(group->items[end])) {
    ++end;
  }
  group->completed = first;
  group->suspects = end - first;
  return cls;
}

// The same, and once with a fault behind all of them that may be anyone's.
bool fails_behind = false;
int execute_and_fail_behind(sqlbus_session* session, sqlbus_group* group, sqlbus_error* error) {
  const int cls = execute_sets(session, group, error);
  if (cls != SQLBUS_OK || group->item_count < 2 || !std::exchange(fails_behind, false)) return cls;
  group->failed_step = SQLBUS_GROUP_ITEMS;
  group->completed = 0;
  group->suspects = group->item_count;
  return SQLBUS_PERMANENT;
}

struct SetBench {
  explicit SetBench(decltype(sqlbus_driver::execute_group) execute_group)
      : driver(test::sqlite_driver()) {
    driver.execute_group = execute_group;
    session.emplace(test::connect_in_memory(driver));
    run({"create table t (n integer primary key, i integer unique)"}, Admitted::Mode::kAlone);
  }
  std::vector<int> run(const std::vector<std::string>& statements,
                       Admitted::Mode mode = Admitted::Mode::kGroup) {
    outcomes.clear();
    for (const auto& sql : statements) turn.push_back(test::make_job(sql, false, mode));
    for (int i = 0; i < 100 && !turn.empty(); ++i) runner.run(*session, turn, outcomes);
    REQUIRE(turn.empty());
    std::vector<int> errors;
    for (const auto& outcome : outcomes) errors.push_back(static_cast<int>(outcome.error));
    return errors;
  }

  BusClock clock;
  Concluder concluder{"i", clock};
  LimitSettings limits;
  DatabaseSettings database;
  sqlbus_driver driver;
  std::optional<Session> session;
  DeadlineWatch watch{[] {}};
  GroupRunner runner{{limits, database, clock, concluder, watch}};
  std::deque<Job> turn;
  std::vector<Outcome> outcomes;
};

std::string insert(int i) { return "insert into t (i) values (" + std::to_string(i) + ")"; }

// In order, each good one once: a check that the database makes itself.
std::vector<std::string> checked(int from, int to) {
  std::vector<std::string> statements;
  for (int i = from; i < to; ++i) {
    statements.push_back("insert into t (i) select " + std::to_string(i) +
                         " where (select coalesce(max(i), -1) from t) < " + std::to_string(i));
  }
  return statements;
}

}  // namespace

TEST_CASE("of a set that fails the one at fault is found, and the others are applied in order") {
  for (const int step : {100, 16, 7, 3}) {
    CAPTURE(step);
    SetBench bench(execute_sets);
    std::vector<std::string> statements;
    std::vector<int> expected;
    for (int i = 0; i < 200; ++i) {
      const bool is_bad = i % step == step / 2;
      statements.push_back(is_bad ? "insert into nowhere values (1)" : checked(i, i + 1).front());
      expected.push_back(is_bad ? -1 : 0);
    }
    CHECK(bench.run(statements) == expected);
    // Each of them has inserted its row, or this would be no violation.
    for (int i = 0; i < 200; ++i) {
      CHECK(bench.run({insert(i)}).front() ==
            (expected[static_cast<std::size_t>(i)] == 0 ? -1 : 0));
    }
  }
}

TEST_CASE("a fault that may be anyone's over several savepoints repeats nobody's effect") {
  SetBench bench(execute_and_fail_behind);
  // From here on with savepoints.
  CHECK(bench.run({insert(1000), "insert into nowhere values (1)", insert(1001)}).at(1) == -1);
  std::vector<std::string> statements;
  statements.reserve(100);
  for (int i = 0; i < 100; ++i) statements.push_back(insert(i));
  fails_behind = true;
  CHECK(bench.run(statements) == std::vector<int>(100, 0));
  CHECK_FALSE(fails_behind);
}

}  // namespace sqlbus
