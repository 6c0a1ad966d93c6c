// What MariaDB and its ODBC driver do differently from what one expects of them.
#include <doctest/doctest.h>

#include <thread>

#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {

TEST_CASE_FIXTURE(Fixture,
                  "a statement whose rows the ODBC driver would leave on the line is refused") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  for (const char* sql :
       {"VALUES (1), (2)", "(VALUES (1))", "OPTIMIZE TABLE sqlbus_t", "REPAIR TABLE sqlbus_t",
        "XA RECOVER", "HELP 'x'", "/*! SELECT 7 */", "SELECT 7 /*! , 8 */",
        "SET STATEMENT max_statement_time = 1 FOR SELECT 1", "LOAD INDEX INTO CACHE sqlbus_t",
        "ALTER TABLE sqlbus_t CHECK PARTITION ALL"}) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    const bool is_code_inside = std::string_view(sql) == "SELECT 7 /*! , 8 */";
    if (is_code_inside) {
      CHECK(answer.rows.at(0).size() == 2);
    } else {
      CHECK(answer.cls == SQLBUS_PERMANENT);
      CHECK(answer.sqlstate == "0A000");
    }
    CHECK(session.run("SELECT 42").value() == "42");
  }
}

TEST_CASE_FIXTURE(Fixture, "rows come whatever stands beside the first word") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const char* cases[] = {
      "SELECT(1)",     "(SELECT(1))",    "((SELECT 1))",    "select@@in_transaction+1",
      "# c\nSELECT 1", "-- c\nSELECT 1", "/* c */SELECT 1", "WITH n AS (SELECT 1) SELECT * FROM n",
      "SELECT--1+2"};
  for (const char* sql : cases) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    CHECK_MESSAGE(answer.ok(), answer.message);
    CHECK(answer.rows.size() == 1);
    CHECK(session.run("SELECT 42").value() == "42");
  }
  for (const char* sql :
       {"SHOW TABLES", "EXPLAIN SELECT 1", "CHECK TABLE sqlbus_t", "CHECKSUM TABLE sqlbus_t",
        "ANALYZE TABLE sqlbus_t", "DESCRIBE sqlbus_t", "DESC sqlbus_t"}) {
    CAPTURE(sql);
    const auto answer = session.run(sql);
    CHECK_MESSAGE(answer.ok(), answer.message);
    CHECK_FALSE(answer.rows.empty());
    CHECK(session.run("SELECT 42").value() == "42");
  }
}

TEST_CASE_FIXTURE(Fixture, "the default collation takes words for equal that the ledger does not") {
  auto session = connect();
  CHECK(session.run("SELECT 'u9' = 'U9'").value() == "1");
  // The ledger's own test has the ids `b` and `B`.
}

TEST_CASE_FIXTURE(Fixture, "a procedure that commits and begins anew does not go unseen") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session
              .run("CREATE PROCEDURE p() BEGIN INSERT INTO sqlbus_t VALUES (2, 'b'); COMMIT; "
                   "START TRANSACTION; INSERT INTO sqlbus_t VALUES (3, 'c'); END")
              .ok());
  REQUIRE(session.begin().ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  REQUIRE(session.run("CALL p()").ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_FOREIGN);
  CHECK_FALSE(session.commit().ok());
  REQUIRE(session.rollback().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "2");
}

TEST_CASE_FIXTURE(Fixture, "a statement that ends its own connection has lost the session") {
  {
    auto other = connect();
    REQUIRE(other.run(kTable).ok());
    REQUIRE(other
                .run("CREATE FUNCTION ends_itself() RETURNS INT BEGIN KILL CONNECTION_ID(); "
                     "RETURN 1; END")
                .ok());
  }
  for (const char* sql : {"KILL CONNECTION_ID()", "SELECT ends_itself()",
                          "INSERT INTO sqlbus_t VALUES (2, ends_itself())"}) {
    CAPTURE(sql);
    auto session = connect();
    REQUIRE(session.begin().ok());
    REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
    CHECK_FALSE(session.run(sql).ok());
    CHECK(session.transaction() == SQLBUS_TRANSACTION_LOST);
    CHECK_FALSE(session.commit().ok());
    CHECK(session.run("SELECT 42").cls == SQLBUS_CONNECTION);
    CHECK(connect().run("SELECT count(*) FROM sqlbus_t").value() == "0");
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a procedure's first result set is the answer, the others are read away") {
  auto session = connect();
  REQUIRE(session.run("CREATE PROCEDURE p() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; END").ok());
  const auto answer = session.run("CALL p()");
  CHECK_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.value() == "1");
  CHECK(session.run("SELECT 42").value() == "42");
}

TEST_CASE_FIXTURE(Fixture,
                  "a deadlock rolls the whole transaction back, a lock wait only its statement") {
  auto first = connect();
  auto second = connect();
  REQUIRE(first.run(kTable).ok());
  REQUIRE(first.run("INSERT INTO sqlbus_t VALUES (1, 'a'), (2, 'b')").ok());
  REQUIRE(first.run("SET SESSION innodb_lock_wait_timeout = 1").ok());
  REQUIRE(first.begin().ok());
  REQUIRE(second.begin().ok());
  REQUIRE(first.run("UPDATE sqlbus_t SET word = 'x' WHERE id = 1").ok());
  REQUIRE(second.run("UPDATE sqlbus_t SET word = 'y' WHERE id = 2").ok());
  SUBCASE("a lock wait") {
    const auto waited = first.run("UPDATE sqlbus_t SET word = 'z' WHERE id = 2");
    CHECK(waited.cls == SQLBUS_TRANSIENT);
    CHECK(waited.sqlstate == "55P03");
    CHECK(first.transaction() == SQLBUS_TRANSACTION_OPEN);
    CHECK(first.commit().ok());
    CHECK(second.rollback().ok());
    CHECK(first.run("SELECT word FROM sqlbus_t WHERE id = 1").value() == "x");
  }
  SUBCASE("a deadlock") {
    std::thread other([&] { second.run("UPDATE sqlbus_t SET word = 'v' WHERE id = 1"); });
    const auto answer = first.run("UPDATE sqlbus_t SET word = 'z' WHERE id = 2");
    other.join();
    // One of the two is the victim.
    auto& victim = answer.ok() ? second : first;
    CHECK(victim.transaction() == SQLBUS_TRANSACTION_NONE);
    if (!answer.ok()) CHECK((answer.sqlstate == "40P01" || answer.sqlstate == "55P03"));
    CHECK_FALSE(victim.commit().ok());
    first.rollback();
    second.rollback();
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "a parameter over max_allowed_packet is refused and costs no connection") {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a LONGBLOB)").ok());
  const auto answer = session.run("INSERT INTO sqlbus_p VALUES (?)",
                                  {.params = {bytes(std::string(std::size_t{65} << 20U, 'x'))}});
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK(answer.sqlstate == "54000");
  CHECK(session.run("SELECT count(*) FROM sqlbus_p").value() == "0");
}

TEST_CASE_FIXTURE(Fixture, "what does not fit is refused, whatever the server's sql_mode") {
  auto admin = connect();
  REQUIRE(admin.run("SET GLOBAL sql_mode = ''").ok());
  REQUIRE(admin.run("SET GLOBAL time_zone = '+05:00'").ok());
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_c (a VARCHAR(3), b TINYINT, d TIMESTAMP(0) NULL)").ok());
  CHECK(session.run("INSERT INTO sqlbus_c (a) VALUES ('four')").sqlstate == "22001");
  CHECK(session.run("INSERT INTO sqlbus_c (b) VALUES (300)").sqlstate == "22003");
  CHECK_FALSE(session.run("INSERT INTO sqlbus_c (b) VALUES ('x')").ok());
  REQUIRE(session.run("INSERT INTO sqlbus_c (d) VALUES (from_unixtime(1))").ok());
  CHECK(session.run("SELECT from_unixtime(1000000000)").value().substr(0, 19) ==
        "2001-09-09 01:46:40");
  CHECK(admin.run("SET GLOBAL sql_mode = DEFAULT").ok());
  CHECK(admin.run("SET GLOBAL time_zone = 'SYSTEM'").ok());
}

}  // namespace sqlbus::test
