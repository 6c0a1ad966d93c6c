#include <doctest/doctest.h>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture,
                  "the database's refusals have their SQLSTATE and class" *
                      doctest::description("sqlbus_error.sqlstate: drivers without SQLSTATE map "
                                           "their codes; the class is SQLBUS_PERMANENT")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_parent (id INTEGER PRIMARY KEY)").ok());
  REQUIRE(
      session
          .run("CREATE TABLE sqlbus_t (id INTEGER PRIMARY KEY, word VARCHAR(20) NOT NULL UNIQUE, "
               "parent INTEGER REFERENCES sqlbus_parent (id), CHECK (id < 1000))")
          .ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a', NULL)").ok());
  const struct {
    const char* sql;
    const char* sqlstate;
  } cases[] = {
      {"INSERT INTO sqlbus_t VALUES (1, 'b', NULL)", "23505"},
      {"INSERT INTO sqlbus_t VALUES (2, 'a', NULL)", "23505"},
      {"INSERT INTO sqlbus_t VALUES (2, NULL, NULL)", "23502"},
      {"INSERT INTO sqlbus_t VALUES (2, 'b', 77)", "23503"},
      {"INSERT INTO sqlbus_t VALUES (1000, 'b', NULL)", "23514"},
      {"SELEC 1", "42601"},
      {"SELECT 1 FROM", "42601"},
      {"SELECT (1", "42601"},
      {"SELECT 'open", "42601"},
      {"SELECT * FROM absent", "42P01"},
      {"DROP TABLE absent", "42P01"},
      {"SELECT absent FROM sqlbus_t", "42703"},
      {"INSERT INTO sqlbus_t (absent) VALUES (1)", "42703"},
      {"SELECT absent(1)", "42883"},
      {"SELECT id FROM sqlbus_t AS x, sqlbus_t AS y", "42702"},
      {"CREATE TABLE sqlbus_t (id INTEGER)", "42P07"},
      {"CREATE TABLE sqlbus_u (a INTEGER, a INTEGER)", "42701"},
      {"INSERT INTO sqlbus_t (id, word) VALUES (1)", "42601"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    const auto answer = session.run(c.sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK_MESSAGE(answer.sqlstate == c.sqlstate, answer.message);
    CHECK_FALSE(answer.message.empty());
    CHECK(answer.message.find('\n') == std::string::npos);
    CHECK(answer.rows.empty());
  }
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "1");
}

TEST_CASE_FIXTURE(
    Fixture, "an error after some rows is an error" *
                 doctest::description("execute: an error is one also behind rows that were sent")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_n (i BIGINT)").ok());
  REQUIRE(session.run("INSERT INTO sqlbus_n VALUES (-1), (0), (9223372036854775807)").ok());
  // abs() of the smallest integer is too large in both.
  REQUIRE(session.run("UPDATE sqlbus_n SET i = -9223372036854775807 - 1 WHERE i > 0").ok());
  const auto answer = session.run("SELECT abs(i) FROM sqlbus_n");
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK(answer.sqlstate == "22003");
  CHECK(session.run("SELECT 1").value() == "1");
}

TEST_CASE_FIXTURE(
    Fixture, "a very long message is cut and stays UTF-8" *
                 doctest::description(
                     "sqlbus_error.message: UTF-8, NUL-terminated, below SQLBUS_MESSAGE_SIZE")) {
  auto session = connect();
  std::string name;
  for (int i = 0; i < 2000; ++i) name += "ä";
  const auto answer = session.run(name + " 1");
  CHECK_FALSE(answer.ok());
  CHECK(answer.message.size() < SQLBUS_MESSAGE_SIZE);
}

TEST_CASE_FIXTURE(Fixture,
                  "a wait for a lock ends as worth another try" *
                      doctest::description("SQLBUS_TRANSIENT: deadlock, serialization, lock "
                                           "timeout; or the session's limit: SQLBUS_CANCELLED")) {
  if (lacks(can(SQLBUS_CAN_TRANSACTIONS), "SQLBUS_CAN_TRANSACTIONS")) return;
  auto first = connect();
  auto second = connect();
  REQUIRE(first.run(kTable).ok());
  REQUIRE(first.run("INSERT INTO sqlbus_t VALUES (1, 'a'), (2, 'b')").ok());
  REQUIRE(first.begin().ok());
  REQUIRE(first.run("UPDATE sqlbus_t SET word = 'x' WHERE id = 1").ok());
  if (driver().set_statement_timeout != nullptr) REQUIRE(second.set_statement_timeout(400).ok());
  const auto answer = second.run("UPDATE sqlbus_t SET word = 'y' WHERE id = 1");
  const bool is_passing = answer.cls == SQLBUS_TRANSIENT || answer.cls == SQLBUS_CANCELLED;
  CHECK_MESSAGE(is_passing, answer.message);
  REQUIRE(first.commit().ok());
  CHECK(second.run("UPDATE sqlbus_t SET word = 'y' WHERE id = 1").affected == 1);
}

}  // namespace sqlbus::test
