#include <doctest/doctest.h>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture, "each kind of statement tells how many rows it changed") {
  auto session = connect();
  const struct {
    std::string sql;
    std::int64_t affected;
  } cases[] = {
      {kTable, 0},
      {"INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", 3},
      {"CREATE TABLE u AS SELECT * FROM t", 0},
      {"ALTER TABLE u ADD COLUMN more INTEGER", 0},
      {"SELECT * FROM t", 0},
      {"UPDATE t SET word = word WHERE id < 3", 2},
      {"UPDATE t SET word = 'z' WHERE id = 99", 0},
      {"SELECT count(*) FROM t", 0},
      {"INSERT INTO t VALUES (4, 'd') RETURNING id, word", 1},
      {subject().dialect().insert_with, 1},
      {subject().dialect().insert_or_nothing, 0},
      {"DELETE FROM t WHERE id IN (1, 2)", 2},
      {"DELETE FROM t WHERE id = 99", 0},
      {"DROP TABLE u", 0},
      {"DELETE FROM t", 3},
      {"DROP TABLE t", 0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    const bool wants_rows =
        subject().dialect().has_returning || c.sql.find("RETURNING") == std::string::npos;
    const auto answer = session.run(c.sql, {.wants_rows = wants_rows});
    CHECK_MESSAGE(answer.ok(), answer.message);
    CHECK(answer.affected == c.affected);
  }
}

TEST_CASE_FIXTURE(Fixture, "a second statement in the text is refused and nothing runs") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  for (const char* sql : {
           "SELECT 1; DROP TABLE t",
           "INSERT INTO t VALUES (1, 'a'); SELECT 1",
           "INSERT INTO t VALUES (1, 'a'); ;; INSERT INTO t VALUES (2, 'b');",
           "INSERT INTO t VALUES (1, 'a') /* c */ ; -- d\n COMMIT",
           "SELECT 1; not even SQL",
           "BEGIN; INSERT INTO t VALUES (1, 'a')",
       }) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "42601");
    CHECK(session.run("SELECT count(*) FROM t").value() == "0");
  }
}

TEST_CASE_FIXTURE(Fixture, "semicolons, space and comments behind the statement are no statement") {
  auto session = connect();
  for (const char* sql :
       {"SELECT 1;", "SELECT 1 ; ; ", "SELECT 1; -- the end", "SELECT 1 /* ; SELECT 2 */;\n\t",
        "-- first\nSELECT 1", "SELECT 1; /* a */ -- b\n"}) {
    CAPTURE(sql);
    CHECK(session.run(sql).value() == "1");
  }
}

TEST_CASE_FIXTURE(Fixture, "a text without a statement is refused") {
  auto session = connect();
  for (const char* sql : {"", " \n", ";", "-- nothing", "/* nothing */"}) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "42601");
  }
}

TEST_CASE_FIXTURE(Fixture, "a NUL does not cut a statement short") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')").ok());
  using namespace std::string_view_literals;
  for (const auto sql :
       {"DELETE FROM t\0 WHERE id = 1"sv, "\0"sv, "SELECT 'a\0b'"sv, "SELECT 1\0"sv}) {
    const auto answer = session.run(sql);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "42601");
  }
  CHECK(session.run("SELECT count(*) FROM t").value() == "2");
}

TEST_CASE_FIXTURE(Fixture, "the text of a statement ends where its size says") {
  auto session = connect();
  const std::string_view sql = "SELECT 12345";
  CHECK(session.run(sql.substr(0, 9)).value() == "12");
}

TEST_CASE_FIXTURE(Fixture, "a statement that is run again finds the table as it is now") {
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run(kTable).ok());
  CHECK(session.run("SELECT * FROM t").columns.size() == 2);
  REQUIRE(other.run("ALTER TABLE t ADD COLUMN more INTEGER").ok());
  CHECK(session.run("SELECT * FROM t").columns.size() == 3);
  REQUIRE(other.run("DROP TABLE t").ok());
  CHECK(session.run("SELECT * FROM t").sqlstate == "42P01");
}

TEST_CASE_FIXTURE(Fixture, "many different statements run in one session") {
  auto session = connect();
  for (int i = 0; i < 200; ++i) {
    CHECK(session.run("SELECT " + std::to_string(i)).value() == std::to_string(i));
  }
}

TEST_CASE_FIXTURE(Fixture, "a query alone and read-only refuses to write") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const Run read{.access = SQLBUS_READS_ONLY};
  CHECK(session.run("SELECT count(*) FROM t", read).value() == "0");
  for (const char* sql : {"INSERT INTO t VALUES (1, 'a')", "DELETE FROM t", "DROP TABLE t",
                          "INSERT INTO t VALUES (1, 'a') RETURNING id"}) {
    CAPTURE(sql);
    const auto answer = session.run(sql, read);
    CHECK(answer.cls == SQLBUS_READ_ONLY);
    CHECK(answer.sqlstate == "25006");
  }
  CHECK(session.run("INSERT INTO t VALUES (1, 'a')").affected == 1);
  CHECK(session.run("SELECT count(*) FROM t", read).value() == "1");
}

}  // namespace sqlbus::test
