#include <doctest/doctest.h>

#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture,
                  "each declared type is announced and written as documented" *
                      doctest::description("sqlbus_sink.columns: the sqlbus_column_type of each "
                                           "column, and cells as the database writes them")) {
  auto session = connect();
  for (const auto& c : subject().column_cases()) {
    CAPTURE(c.declared);
    REQUIRE(session.run("CREATE TABLE sqlbus_c (a " + c.declared + ")").ok());
    const auto empty = session.run("SELECT a FROM sqlbus_c");
    CHECK(empty.result_sets == 1);
    REQUIRE(empty.columns.size() == 1);
    CHECK(empty.columns[0].name == "a");
    CHECK(empty.columns[0].type == c.type);

    const auto inserted = session.run("INSERT INTO sqlbus_c VALUES ($1)", {.params = {c.written}});
    REQUIRE_MESSAGE(inserted.ok(), inserted.message);
    const auto answer = session.run("SELECT a FROM sqlbus_c");
    CHECK(answer.columns.at(0).type == c.type);
    CHECK(answer.value() == c.read);
    REQUIRE(session.run("DROP TABLE sqlbus_c").ok());
  }
}

TEST_CASE_FIXTURE(
    Fixture,
    "bool cells are bools, bytes are bytes, and the rest can be read" *
        doctest::description(
            "sqlbus_value: BOOL for columns of that type, BYTES for bytes, else INTEGER or TEXT")) {
  auto session = connect();
  for (const auto& c : subject().column_cases()) {
    CAPTURE(c.declared);
    REQUIRE(session.run("CREATE TABLE sqlbus_c (a " + c.declared + ")").ok());
    REQUIRE(session.run("INSERT INTO sqlbus_c VALUES ($1)", {.params = {c.written}}).ok());
    const auto kind = session.run("SELECT a FROM sqlbus_c").rows.at(0).at(0).kind;
    CHECK((kind == SQLBUS_VALUE_BOOL) == (c.type == SQLBUS_COLUMN_BOOL));
    CHECK((kind == SQLBUS_VALUE_BYTES) == (c.type == SQLBUS_COLUMN_BYTES));
    REQUIRE(session.run("DROP TABLE sqlbus_c").ok());
  }
}

TEST_CASE_FIXTURE(
    Fixture,
    "an expression has a type too" *
        doctest::description("sqlbus_sink.columns: a column is announced whatever it comes from")) {
  auto session = connect();
  const auto answer =
      session.run("SELECT count(*) AS n, " + subject().dialect().two_words + " AS t, NULL AS z");
  REQUIRE(answer.columns.size() == 3);
  CHECK(answer.columns[0].name == "n");
  CHECK(answer.columns[0].type ==
        (subject().dialect().types_expressions ? SQLBUS_COLUMN_INT : SQLBUS_COLUMN_TEXT));
  CHECK(answer.columns[1].type == SQLBUS_COLUMN_TEXT);
  CHECK(answer.rows.at(0).at(2).kind == SQLBUS_VALUE_NULL);
}

TEST_CASE_FIXTURE(
    Fixture, "two columns may have one name" *
                 doctest::description("sqlbus_sink.columns: names as the database gives them")) {
  auto session = connect();
  const auto answer = session.run("SELECT 1 AS a, 2 AS a");
  REQUIRE(answer.columns.size() == 2);
  CHECK(answer.columns[1].name == "a");
  CHECK(text_of(answer.rows.at(0).at(1)) == "2");
}

TEST_CASE_FIXTURE(
    Fixture,
    "a statement without a result set announces no columns" *
        doctest::description(
            "sqlbus_sink.columns: once for each result set, and not where there is none")) {
  auto session = connect();
  CHECK(session.run(kTable).result_sets == 0);
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").result_sets == 0);
  if (!subject().dialect().has_returning) return;
  CHECK(session.run("INSERT INTO sqlbus_t VALUES (2, 'b') RETURNING id").result_sets == 1);
  if (!subject().dialect().announces_no_rows) return;
  CHECK(session.run("DELETE FROM sqlbus_t WHERE id = 99 RETURNING id").result_sets == 1);
}

}  // namespace sqlbus::test
