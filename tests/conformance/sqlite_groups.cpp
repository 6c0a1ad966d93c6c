// What SQLite alone does with a group: a statement may end the transaction around it.
#include <doctest/doctest.h>

#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture, "a group goes no further than a statement that ends the transaction") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  for (const auto* end : {"COMMIT", "ROLLBACK"}) {
    CAPTURE(end);
    const auto answer = run_group(session, {{"INSERT INTO sqlbus_t VALUES (1, 'a')"},
                                            {end},
                                            {"INSERT INTO sqlbus_t VALUES (2, 'b')"}});
    CHECK_MESSAGE(answer.ok(), answer.message);
    CHECK(answer.completed == 2);
    CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
    CHECK(session.commit().sqlstate == "25P01");
    CHECK(session.run("SELECT count(*) FROM sqlbus_t WHERE id = 2").value() == "0");
    REQUIRE(session.run("DELETE FROM sqlbus_t").ok());
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a statement that fails and rolls back by itself is seen to have done so") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const auto answer = run_group(session, {{"INSERT INTO sqlbus_t VALUES (1, 'a')"},
                                          {"INSERT OR ROLLBACK INTO sqlbus_t VALUES (1, 'b')"},
                                          {"INSERT INTO sqlbus_t VALUES (2, 'b')"}});
  CHECK(answer.sqlstate == "23505");
  CHECK(answer.failed_step == SQLBUS_GROUP_ITEMS);
  CHECK(answer.completed == 1);
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
}

TEST_CASE_FIXTURE(Fixture, "a group waits for a writer no longer than it is told") {
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(other.begin().ok());
  const auto answer = run_group(session, {{"INSERT INTO sqlbus_t VALUES (1, 'a')"}});
  CHECK(answer.cls == SQLBUS_TRANSIENT);
  CHECK(answer.failed_step == SQLBUS_GROUP_BEGIN);
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
}

}  // namespace sqlbus::test
