#include <doctest/doctest.h>

#include <chrono>

#include "tests/conformance/canceller.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
TEST_CASE_FIXTURE(
    Fixture,
    "another thread can cancel a statement that runs" *
        doctest::description(
            "cancel: ends the running statement soon, with SQLBUS_CANCELLED; from any thread")) {
  if (lacks(can(SQLBUS_CAN_CANCEL), "SQLBUS_CAN_CANCEL")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  {
    const Canceller canceller(session);
    const auto answer = session.run(subject().dialect().endless);
    CHECK(answer.cls == SQLBUS_CANCELLED);
    CHECK(answer.sqlstate == "57014");
  }
  // A late cancel may hit the next statement, and then no other.
  session.run("SELECT 1");
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").affected == 1);
}

TEST_CASE_FIXTURE(
    Fixture,
    "a wait for a lock can be cancelled" *
        doctest::description("cancel: ends the running statement soon, also one that waits")) {
  if (lacks(can(SQLBUS_CAN_CANCEL), "SQLBUS_CAN_CANCEL")) return;
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto first = connect();
  auto second = connect();
  REQUIRE(first.run(kTable).ok());
  REQUIRE(first.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(first.begin().ok());
  REQUIRE(first.run("UPDATE sqlbus_t SET word = 'x'").ok());
  {
    const Canceller canceller(second);
    CHECK(second.run("UPDATE sqlbus_t SET word = 'y'").cls == SQLBUS_CANCELLED);
  }
  CHECK(first.rollback().ok());
}

TEST_CASE_FIXTURE(
    Fixture,
    "a cancel where nothing runs does nothing" *
        doctest::description("cancel: does nothing where none runs, or may hit the next one")) {
  auto session = connect();
  session.cancel();
  session.run("SELECT 1");
  CHECK(session.run("SELECT 1").value() == "1");
}

TEST_CASE_FIXTURE(Fixture,
                  "a statement that runs longer than its limit is cancelled" *
                      doctest::description("set_statement_timeout: statements that run longer end "
                                           "with SQLBUS_CANCELLED; 0 takes the limit off")) {
  if (lacks(driver().set_statement_timeout != nullptr, "set_statement_timeout")) return;
  auto session = connect();
  REQUIRE(session.set_statement_timeout(100).ok());
  const auto started = std::chrono::steady_clock::now();
  const auto answer = session.run(subject().dialect().endless);
  CHECK(answer.cls == SQLBUS_CANCELLED);
  CHECK(answer.sqlstate == "57014");
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(30));
  CHECK(session.run("SELECT 1").value() == "1");
  CHECK(session.set_statement_timeout(0).ok());
  CHECK(session.run("SELECT 1").value() == "1");
}

}  // namespace sqlbus::test
