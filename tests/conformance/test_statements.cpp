#include <doctest/doctest.h>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture,
                  "each kind of statement tells how many rows it changed" *
                      doctest::description("sqlbus_item.affected: rows changed, or matched where "
                                           "an UPDATE changed none of them")) {
  auto session = connect();
  const struct {
    std::string sql;
    std::int64_t affected;
  } cases[] = {
      {kTable, 0},
      {"INSERT INTO sqlbus_t VALUES (1, 'a'), (2, 'b'), (3, 'c')", 3},
      {"CREATE TABLE sqlbus_u AS SELECT * FROM sqlbus_t", 0},
      {"ALTER TABLE sqlbus_u ADD COLUMN more INTEGER", 0},
      {"SELECT * FROM sqlbus_t", 0},
      {"UPDATE sqlbus_t SET word = word WHERE id < 3", 2},
      {"UPDATE sqlbus_t SET word = 'z' WHERE id = 99", 0},
      {"SELECT count(*) FROM sqlbus_t", 0},
      {std::string("INSERT INTO sqlbus_t VALUES (4, 'd')") +
           (subject().dialect().has_returning ? " RETURNING id, word" : ""),
       1},
      {subject().dialect().insert_with, 1},
      {subject().dialect().insert_or_nothing, 0},
      {"DELETE FROM sqlbus_t WHERE id IN (1, 2)", 2},
      {"DELETE FROM sqlbus_t WHERE id = 99", 0},
      {"DROP TABLE sqlbus_u", 0},
      {"DELETE FROM sqlbus_t", 3},
      {"DROP TABLE sqlbus_t", 0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    const auto answer = session.run(c.sql);
    CHECK_MESSAGE(answer.ok(), answer.message);
    CHECK(answer.affected == c.affected);
  }
}

TEST_CASE_FIXTURE(
    Fixture,
    "a second statement in the text is refused and nothing runs" *
        doctest::description(
            "sqlbus_statement: a second one behind it is SQLSTATE 42601, and nothing has run")) {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  for (const char* sql : {
           "SELECT 1; DROP TABLE sqlbus_t",
           "INSERT INTO sqlbus_t VALUES (1, 'a'); SELECT 1",
           "INSERT INTO sqlbus_t VALUES (1, 'a'); ;; INSERT INTO sqlbus_t VALUES (2, 'b');",
           "INSERT INTO sqlbus_t VALUES (1, 'a') /* c */ ; -- d\n COMMIT",
           "SELECT 1; not even SQL",
           "BEGIN; INSERT INTO sqlbus_t VALUES (1, 'a')",
       }) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "42601");
    CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "semicolons, space and comments behind the statement are no statement" *
                      doctest::description("sqlbus_statement: exactly one SQL statement")) {
  auto session = connect();
  for (const char* sql :
       {"SELECT 1;", "SELECT 1 ; ; ", "SELECT 1; -- the end", "SELECT 1 /* ; SELECT 2 */;\n\t",
        "-- first\nSELECT 1", "SELECT 1; /* a */ -- b\n"}) {
    CAPTURE(sql);
    CHECK(session.run(sql).value() == "1");
  }
}

TEST_CASE_FIXTURE(Fixture, "a text without a statement is refused" *
                               doctest::description(
                                   "sqlbus_statement: exactly one SQL statement; none is 42601")) {
  auto session = connect();
  for (const char* sql : {"", " \n", ";", "-- nothing", "/* nothing */"}) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "42601");
  }
}

TEST_CASE_FIXTURE(Fixture, "a NUL does not cut a statement short" *
                               doctest::description("sqlbus_text: a NUL does not end it; in a "
                                                    "statement it is 42601, and nothing has run")) {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a'), (2, 'b')").ok());
  using namespace std::string_view_literals;
  for (const auto sql :
       {"DELETE FROM sqlbus_t\0 WHERE id = 1"sv, "\0"sv, "SELECT 'a\0b'"sv, "SELECT 1\0"sv}) {
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "42601");
  }
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "2");
}

TEST_CASE_FIXTURE(Fixture,
                  "the text of a statement ends where its size says" *
                      doctest::description("sqlbus_text: bytes that need not end with NUL")) {
  auto session = connect();
  const std::string_view sql = "SELECT 12345";
  CHECK(session.run(sql.substr(0, 9)).value() == "12");
}

TEST_CASE_FIXTURE(Fixture, "a statement that is run again finds the table as it is now" *
                               doctest::description(
                                   "execute: what is kept prepared does as the statement says")) {
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run(kTable).ok());
  CHECK(session.run("SELECT * FROM sqlbus_t").columns.size() == 2);
  REQUIRE(other.run("ALTER TABLE sqlbus_t ADD COLUMN more INTEGER").ok());
  CHECK(session.run("SELECT * FROM sqlbus_t").columns.size() == 3);
  REQUIRE(other.run("DROP TABLE sqlbus_t").ok());
  CHECK(session.run("SELECT * FROM sqlbus_t").sqlstate == "42P01");
}

TEST_CASE_FIXTURE(Fixture, "many different statements run in one session" *
                               doctest::description("execute: as many statements as come")) {
  auto session = connect();
  for (int i = 0; i < 200; ++i) {
    CHECK(session.run("SELECT " + std::to_string(i)).value() == std::to_string(i));
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a query alone and read-only refuses to write" *
                      doctest::description("SQLBUS_READS_ONLY: a write is SQLSTATE 25006, class "
                                           "SQLBUS_READ_ONLY, and changes nothing")) {
  if (lacks(can(SQLBUS_CAN_READ_ONLY), "SQLBUS_CAN_READ_ONLY")) return;
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const Run read{.access = SQLBUS_READS_ONLY};
  CHECK(session.run("SELECT count(*) FROM sqlbus_t", read).value() == "0");
  for (const char* sql :
       {"INSERT INTO sqlbus_t VALUES (1, 'a')", "DELETE FROM sqlbus_t", "DROP TABLE sqlbus_t",
        "INSERT INTO sqlbus_t VALUES (1, 'a') RETURNING id"}) {
    CAPTURE(sql);
    const auto answer = session.run(sql, read);
    CHECK(answer.cls == SQLBUS_READ_ONLY);
    CHECK(answer.sqlstate == "25006");
  }
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").affected == 1);
  CHECK(session.run("SELECT count(*) FROM sqlbus_t", read).value() == "1");
}

}  // namespace sqlbus::test
