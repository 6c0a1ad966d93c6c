#include <doctest/doctest.h>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(
    Fixture,
    "a transaction takes effect at its commit, or not at all" *
        doctest::description(
            "begin, commit, rollback, transaction: SQLBUS_TRANSACTION_OPEN between them")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run(kTable).ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  for (const bool is_kept : {false, true}) {
    REQUIRE(session.begin().ok());
    CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
    CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
    CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
    CHECK(other.run("SELECT count(*) FROM sqlbus_t").value() == "0");
    CHECK((is_kept ? session.commit() : session.rollback()).ok());
    CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
    CHECK(other.run("SELECT count(*) FROM sqlbus_t").value() == (is_kept ? "1" : "0"));
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "calls in the wrong state are errors" *
                      doctest::description("begin: 25001 in a transaction; commit and savepoints "
                                           "without one are SQLBUS_PERMANENT; rollback is not")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  CHECK(session.commit().cls == SQLBUS_PERMANENT);
  CHECK(session.savepoint(0).cls == SQLBUS_PERMANENT);
  CHECK(session.rollback_to_savepoint(0).cls == SQLBUS_PERMANENT);
  REQUIRE(session.begin().ok());
  CHECK(session.begin().sqlstate == "25001");
  CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  CHECK(session.rollback().ok());
  CHECK(session.rollback().ok());
}

TEST_CASE_FIXTURE(
    Fixture,
    "after an error the transaction is open or failed, and told so" *
        doctest::description(
            "transaction: OPEN where it is sound, FAILED where only rollback is possible")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'b')").sqlstate == "23505");
  const auto state = session.transaction();
  if (state == SQLBUS_TRANSACTION_FAILED) {
    CHECK(session.run("SELECT 1").sqlstate == "25P02");
    CHECK_FALSE(session.commit().ok());
    CHECK(session.rollback().ok());
    CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
  } else {
    CHECK(state == SQLBUS_TRANSACTION_OPEN);
    CHECK(session.commit().ok());
    CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");
  }
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
}

TEST_CASE_FIXTURE(
    Fixture, "a savepoint is a point to come back to, more than once" *
                 doctest::description("savepoint: a later one hides an earlier one of its level")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(session.savepoint(0).ok());
  for (int round = 0; round < 2; ++round) {
    REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (2, 'b')").ok());
    CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'x')").sqlstate == "23505");
    CHECK(session.rollback_to_savepoint(0).ok());
    CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  }
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (3, 'c')").ok());
  REQUIRE(session.savepoint(0).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (4, 'd')").ok());
  CHECK(session.rollback_to_savepoint(0).ok());
  CHECK(session.commit().ok());
  CHECK(session.run("SELECT sum(id) FROM sqlbus_t").value() == "4");
}

TEST_CASE_FIXTURE(
    Fixture, "a savepoint of level 1 does not hide one of level 0" *
                 doctest::description(
                     "rollback_to_savepoint: one of level 0 forgets those of level 1 behind it")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.savepoint(0).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(session.savepoint(1).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (2, 'b')").ok());
  CHECK(session.rollback_to_savepoint(1).ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");
  CHECK(session.rollback_to_savepoint(0).ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
  CHECK(session.commit().ok());
}

TEST_CASE_FIXTURE(Fixture,
                  "a statement that ends the transaction does not go unseen" *
                      doctest::description("transaction: NONE where the one that begin() opened is "
                                           "over, FOREIGN where a statement opened one")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  for (const char* sql : {"COMMIT", "ROLLBACK"}) {
    CAPTURE(sql);
    REQUIRE(session.begin().ok());
    REQUIRE(session.run(sql).ok());
    CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
    CHECK_FALSE(session.commit().ok());
    REQUIRE(session.reset().ok());
  }
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("COMMIT").ok());
  REQUIRE(session.run("BEGIN").ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_FOREIGN);
  CHECK_FALSE(session.commit().ok());
  CHECK(session.reset().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(session.begin().ok());
}

TEST_CASE_FIXTURE(Fixture, "a DDL that commits by itself does not go unseen" *
                               doctest::description(
                                   "transaction: NONE where the one that begin() opened is over")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const bool commits = subject().dialect().commits_ddl;
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(session.run("CREATE TABLE sqlbus_u (i INTEGER)").ok());
  CHECK(session.transaction() == (commits ? SQLBUS_TRANSACTION_NONE : SQLBUS_TRANSACTION_OPEN));
  CHECK(session.commit().ok() == !commits);
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");

  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (2, 'b')").ok());
  CHECK_FALSE(session.run("CREATE TABLE sqlbus_u (i INTEGER)").ok());
  const auto state = session.transaction();
  CHECK((state == SQLBUS_TRANSACTION_NONE) == commits);
  CHECK(session.rollback().ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == (commits ? "2" : "1"));
}

TEST_CASE_FIXTURE(
    Fixture,
    "a read-only transaction refuses every write" *
        doctest::description(
            "begin(SQLBUS_READS_ONLY): a write is SQLSTATE 25006, class SQLBUS_READ_ONLY")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  if (lacks(can(SQLBUS_CAN_READ_ONLY), "SQLBUS_CAN_READ_ONLY")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  for (const char* sql :
       {"INSERT INTO sqlbus_t VALUES (2, 'b')", "UPDATE sqlbus_t SET word = 'z'",
        "DELETE FROM sqlbus_t", "CREATE TABLE sqlbus_u (i INTEGER)", "DROP TABLE sqlbus_t"}) {
    CAPTURE(sql);
    REQUIRE(session.begin(SQLBUS_READS_ONLY).ok());
    CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_READ_ONLY);
    CHECK(answer.sqlstate == "25006");
    CHECK(session.rollback().ok());
  }
  REQUIRE(session.begin(SQLBUS_READS_ONLY).ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");
  CHECK(session.commit().ok());
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (2, 'b')").affected == 1);
}

TEST_CASE_FIXTURE(
    Fixture, "a constraint that is checked at commit fails the commit" *
                 doctest::description(
                     "commit: fails where the database refuses it, and nothing has taken effect")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  if (lacks(subject().dialect().has_deferred_constraints, kDeferred)) return;
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_parent (id INTEGER PRIMARY KEY)").ok());
  REQUIRE(
      session
          .run("CREATE TABLE sqlbus_child (parent INTEGER REFERENCES sqlbus_parent (id) DEFERRABLE "
               "INITIALLY DEFERRED)")
          .ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_child VALUES (7)").ok());
  const auto answer = session.commit();
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK(answer.sqlstate == "23503");
  CHECK(session.rollback().ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_child").value() == "0");
}

TEST_CASE_FIXTURE(Fixture,
                  "a session that is closed leaves no transaction behind" *
                      doctest::description("close: ends the session with all that it has open")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  {
    auto gone = connect();
    REQUIRE(gone.begin().ok());
    REQUIRE(gone.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  }
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").affected == 1);
}

TEST_CASE_FIXTURE(Fixture, "a session that is reset after an error is as new" *
                               doctest::description("reset: brings the session back to what "
                                                    "connect() made, whatever went wrong")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(session.savepoint(0).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'b')").sqlstate == "23505");
  REQUIRE(session.reset().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
  CHECK(session.begin().ok());
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").affected == 1);
  CHECK(session.commit().ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");
}

TEST_CASE_FIXTURE(Fixture, "a statement that no transaction may hold says so" *
                               doctest::description("sqlbus_error: SQLSTATE 25001 there, and by "
                                                    "itself it runs")) {
  const auto& sql = subject().dialect().never_in_transaction;
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  if (lacks(!sql.empty(), "such a statement, of the database")) return;
  auto session = connect();
  REQUIRE(session.begin().ok());
  CHECK(session.run(sql).sqlstate == "25001");
  REQUIRE(session.rollback().ok());
  CHECK(session.run(sql).ok());
}

}  // namespace sqlbus::test
