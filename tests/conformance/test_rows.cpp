#include <doctest/doctest.h>
#include <sys/resource.h>

#include <thread>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

// The most memory that this process has ever had, in MiB.
long peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

}  // namespace

TEST_CASE_FIXTURE(
    Fixture,
    "the sink gets all rows in order" *
        doctest::description("sqlbus_sink: columns() once before the first row(), then all rows")) {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.run(subject().dialect().fill_20000, {.wants_rows = false}).ok());
  const auto answer = session.run("SELECT id FROM sqlbus_t ORDER BY id");
  REQUIRE(answer.rows.size() == 20000);
  CHECK(answer.result_sets == 1);
  CHECK(text_of(answer.rows.front()[0]) == "1");
  CHECK(text_of(answer.rows.back()[0]) == "20000");
}

TEST_CASE_FIXTURE(Fixture,
                  "a sink that has enough ends a query of ten million rows" *
                      doctest::description("sqlbus_sink.row: not 0: row() is not called again, the "
                                           "rest is never held in memory, success")) {
  auto session = connect();
  const auto& sql = subject().dialect().ten_million_rows;
  const auto before = peak_mib();
  const Run ten{.access = SQLBUS_READS_ONLY, .rows_max = 10};
  const auto alone = session.run(sql, ten);
  CHECK_MESSAGE(alone.ok(), alone.message);
  CHECK(alone.rows.size() == 10);

  if (!can(SQLBUS_CAN_TRANSACTIONS)) return;
  REQUIRE(session.begin(SQLBUS_READS_ONLY).ok());
  CHECK(session.run(sql, ten).rows.size() == 10);
  CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  CHECK(session.run("SELECT 1").value() == "1");
  CHECK(session.commit().ok());
  CHECK(session.run("SELECT 1").value() == "1");
  CHECK(peak_mib() - before < 200);
}

TEST_CASE_FIXTURE(
    Fixture, "rows that nobody wants cost no memory" *
                 doctest::description(
                     "sqlbus_item.sink NULL: the rows are not wanted, and not held in memory")) {
  if (lacks(!subject().dialect().keeps_rows_in_memory, "rows that are not held in memory")) return;
  auto session = connect();
  const auto before = peak_mib();
  CHECK(session.run(subject().dialect().ten_million_rows, {.wants_rows = false}).ok());
  CHECK(peak_mib() - before < 200);
}

TEST_CASE_FIXTURE(Fixture, "a write whose rows are refused has all of its effect" *
                               doctest::description(
                                   "sqlbus_access: a statement that may write is run to its end")) {
  if (lacks(subject().dialect().has_returning, kReturning)) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  SUBCASE("by itself") {
    const auto answer = session.run(subject().dialect().fill_20000, {.rows_max = 10});
    CHECK(answer.rows.size() == 10);
    CHECK(answer.affected == 20000);
  }
  SUBCASE("in a transaction") {
    REQUIRE(session.begin().ok());
    CHECK(session.run(subject().dialect().fill_20000, {.rows_max = 10}).affected == 20000);
    CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
    CHECK(session.commit().ok());
  }
  SUBCASE("without a sink") {
    CHECK(session.run(subject().dialect().fill_20000, {.wants_rows = false}).affected == 20000);
  }
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "20000");
}

}  // namespace sqlbus::test
