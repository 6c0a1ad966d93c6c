#include <doctest/doctest.h>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture, "parameters are bound by their number" *
                               doctest::description(
                                   "sqlbus_statement.params: each goes to its own placeholder")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a INTEGER, b INTEGER, c TEXT)").ok());
  const Run three{.params = {text("x"), integer(7), integer(8)}};
  CHECK(session.run("INSERT INTO sqlbus_p VALUES ($3, $2, $1)", three).ok());
  CHECK(session.run("INSERT INTO sqlbus_p VALUES ($1, $1, 'y')", {.params = {integer(9)}}).ok());
  const auto answer = session.run("SELECT a, b, c FROM sqlbus_p ORDER BY a");
  REQUIRE(answer.rows.size() == 2);
  CHECK(text_of(answer.rows[0][0]) == "8");
  CHECK(text_of(answer.rows[0][1]) == "7");
  CHECK(text_of(answer.rows[0][2]) == "x");
  CHECK(text_of(answer.rows[1][0]) == "9");
  CHECK(text_of(answer.rows[1][1]) == "9");
}

TEST_CASE_FIXTURE(Fixture,
                  "a NULL parameter is NULL and an empty text is not" *
                      doctest::description("sqlbus_value: NULL and an empty text are two things")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a TEXT)").ok());
  REQUIRE(session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {null_datum()}}).ok());
  CHECK(session.run("SELECT a FROM sqlbus_p").rows.at(0).at(0).kind == SQLBUS_VALUE_NULL);
  REQUIRE(session.run("UPDATE sqlbus_p SET a = $1", {.params = {text("")}}).ok());
  CHECK(session.run("SELECT a FROM sqlbus_p").rows.at(0).at(0) == text(""));
}

TEST_CASE_FIXTURE(Fixture, "bytes come back as they went in, whatever they are" *
                               doctest::description("SQLBUS_VALUE_BYTES: the bytes themselves")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a " + subject().dialect().bytes_type + ")").ok());
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const auto& value : {all, std::string(), std::string("\\x41"), std::string(1, '\0')}) {
    REQUIRE(session.run("DELETE FROM sqlbus_p").ok());
    REQUIRE(session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {bytes(value)}}).ok());
    CHECK(session.run("SELECT a FROM sqlbus_p").rows.at(0).at(0) == bytes(value));
  }
}

TEST_CASE_FIXTURE(
    Fixture, "text comes back as it went in and is never taken for SQL" *
                 doctest::description(
                     "SQLBUS_VALUE_TEXT: a parameter is bound, never written into the statement")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a TEXT)").ok());
  for (const std::string value :
       {"'; DROP TABLE sqlbus_p; --", "$1 ? ?1 %s", "a\nb\tc\\d\"e", "日本語 🚌"}) {
    REQUIRE(session.run("DELETE FROM sqlbus_p").ok());
    REQUIRE(session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {text(value)}}).ok());
    CHECK(session.run("SELECT a FROM sqlbus_p WHERE a = $1", {.params = {text(value)}}).value() ==
          value);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a text of megabytes passes whole" *
                      doctest::description("sqlbus_text: as many bytes as its size says")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a " + subject().dialect().text_type + ")").ok());
  const std::string value(5'000'000, 'x');
  REQUIRE(session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {text(value)}}).ok());
  CHECK(session.run("SELECT a FROM sqlbus_p").value() == value);
}

TEST_CASE_FIXTURE(Fixture,
                  "a NUL in a text parameter is refused and nothing runs" *
                      doctest::description(
                          "sqlbus_value: a NUL in a text is SQLSTATE 22021, and nothing has run")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a TEXT)").ok());
  const auto answer =
      session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {text(std::string("a\0b", 3))}});
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK(answer.sqlstate == "22021");
  CHECK(session.run("SELECT count(*) FROM sqlbus_p").value() == "0");
}

TEST_CASE_FIXTURE(Fixture,
                  "too few and too many parameters are refused and nothing runs" *
                      doctest::description("sqlbus_statement: a number of parameters that does not "
                                           "match is 07001, and nothing has run")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a INTEGER, b INTEGER)").ok());
  REQUIRE(session.run("CREATE TABLE sqlbus_q (a " + subject().dialect().bytes_type + ")").ok());
  const struct {
    std::string sql;
    std::vector<Datum> params;
  } cases[] = {
      {"INSERT INTO sqlbus_p VALUES ($1, $2)", {integer(1)}},
      {"INSERT INTO sqlbus_p VALUES ($1, $2)", {}},
      {"INSERT INTO sqlbus_p VALUES ($1, $2)", {integer(1), integer(2), integer(3)}},
      {"INSERT INTO sqlbus_p VALUES (1, 2)", {integer(1)}},
      {"INSERT INTO sqlbus_q VALUES ($1)", {}},
      {"INSERT INTO sqlbus_q VALUES ($1)", {bytes("x"), bytes("y")}},
      {"INSERT INTO sqlbus_q VALUES ($1)", {bytes("x"), integer(1)}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    CAPTURE(c.params.size());
    const auto answer = session.run(c.sql, {.params = c.params});
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "07001");
    CHECK(session.run("SELECT (SELECT count(*) FROM sqlbus_p) + (SELECT count(*) FROM sqlbus_q)")
              .value() == "0");
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a parameter of an unknown kind is refused" *
                      doctest::description("sqlbus_value.kind: what the driver does not know is "
                                           "SQLBUS_PERMANENT, and nothing has run")) {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a INTEGER)").ok());
  const auto answer = session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {Datum{77}}});
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK(session.run("SELECT count(*) FROM sqlbus_p").value() == "0");
}

}  // namespace sqlbus::test
