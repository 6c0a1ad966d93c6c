// What the ODBC driver makes of a group: neighbours of one text are one array of parameters.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <thread>

#include "tests/conformance/canceller.hpp"
#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

constexpr const char* kInsert = "INSERT INTO sqlbus_t VALUES (?, ?)";

GroupItem row(int id, std::string word) {
  return {kInsert, {integer(id), text(std::move(word))}, SQLBUS_ITEM_MERGE};
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "neighbours of one text run as a set, and each has its row") {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_t (id INTEGER PRIMARY KEY, word VARCHAR(2000))").ok());
  std::vector<GroupItem> items;
  items.reserve(500);
  for (int i = 0; i < 500; ++i) {
    items.push_back(row(i, std::string(static_cast<std::size_t>(i), 'x')));
  }
  items[7].params[1] = null_datum();
  items[8].params[1] = text("größer 🚌");
  items[9].params[1] = integer(9);
  const auto answer = run_group(session, items);
  REQUIRE_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.completed == 500);
  CHECK(answer.affected[0] == 1);
  CHECK(answer.affected[499] == 1);
  REQUIRE(session.commit().ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "500");
  CHECK(session.run("SELECT word FROM sqlbus_t WHERE id = 7").rows.at(0).at(0) == null_datum());
  CHECK(session.run("SELECT word FROM sqlbus_t WHERE id = 0").value().empty());
  CHECK(session.run("SELECT word FROM sqlbus_t WHERE id = 8").value() == "größer 🚌");
  CHECK(session.run("SELECT word FROM sqlbus_t WHERE id = 9").value() == "9");
  CHECK(session.run("SELECT count(*) FROM sqlbus_t WHERE id > 9 AND length(word) = id").value() ==
        "490");
}

TEST_CASE_FIXTURE(Fixture, "every kind of value goes by an array as it goes by itself") {
  auto session = connect();
  const auto& bytes_type = subject().dialect().bytes_type;
  REQUIRE(session
              .run("CREATE TABLE sqlbus_t (id INTEGER PRIMARY KEY, i BIGINT, d DECIMAL(38,9), "
                   "f DOUBLE PRECISION, b " +
                   bytes_type + ")")
              .ok());
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  std::vector<GroupItem> items;
  items.reserve(4);
  for (int i = 0; i < 4; ++i) {
    items.push_back({"INSERT INTO sqlbus_t VALUES (?, ?, ?, ?, ?)",
                     {integer(i), integer(i % 2 == 0 ? INT64_MAX : INT64_MIN),
                      number("12345678901234567890.123456789"), number("1e300"),
                      bytes(i == 2 ? std::string() : all)},
                     SQLBUS_ITEM_MERGE});
  }
  items[3].params = {integer(3), null_datum(), null_datum(), null_datum(), null_datum()};
  const auto answer = run_group(session, items);
  REQUIRE_MESSAGE(answer.ok(), answer.message);
  REQUIRE(session.commit().ok());
  const auto rows = session.run("SELECT i, d, f, b FROM sqlbus_t ORDER BY id").rows;
  REQUIRE(rows.size() == 4);
  CHECK(text_of(rows[0][0]) == "9223372036854775807");
  CHECK(text_of(rows[1][0]) == "-9223372036854775808");
  if (subject().dbtype() != std::string("SQLITE")) {
    CHECK(text_of(rows[1][1]) == "12345678901234567890.123456789");
  }
  CHECK(text_of(rows[1][2]) == "1e+300");
  CHECK(rows[1][3] == bytes(all));
  CHECK(rows[2][3] == bytes(""));
  for (const auto& cell : rows[3]) CHECK(cell == null_datum());
}

TEST_CASE_FIXTURE(Fixture,
                  "a set that fails is told as one of so many, and undone with its group") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  std::vector<GroupItem> items = {{"INSERT INTO sqlbus_t VALUES (100, 'first')"}};
  for (int i = 0; i < 10; ++i) items.push_back(row(i, "w" + std::to_string(i)));
  items[5].params[0] = integer(100);
  const auto answer = run_group(session, items);
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK(answer.sqlstate == "23505");
  CHECK(answer.failed_step == SQLBUS_GROUP_ITEMS);
  CHECK(answer.completed <= 5);
  CHECK(answer.completed + answer.suspects > 5);
  REQUIRE(session.rollback().ok());
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
}

TEST_CASE_FIXTURE(Fixture, "updates and deletes of one text take effect in their order") {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE n (id INTEGER PRIMARY KEY, v INTEGER)").ok());
  REQUIRE(session.run("INSERT INTO n VALUES (1, 1), (2, 1)").ok());
  std::vector<GroupItem> items;
  std::int64_t expected = 1;
  for (int i = 1; i <= 20; ++i) {
    items.push_back({"UPDATE n SET v = v * 2 + ? WHERE id = 1", {integer(i)}, SQLBUS_ITEM_MERGE});
    expected = expected * 2 + i;
  }
  items.push_back({"DELETE FROM n WHERE id = ?", {integer(2)}, SQLBUS_ITEM_MERGE});
  items.push_back({"DELETE FROM n WHERE id = ?", {integer(3)}, SQLBUS_ITEM_MERGE});
  const auto answer = run_group(session, items);
  REQUIRE_MESSAGE(answer.ok(), answer.message);
  std::int64_t changed = 0;
  for (const auto count : answer.affected) changed += count;
  CHECK(changed == 21);
  REQUIRE(session.commit().ok());
  CHECK(session.run("SELECT v FROM n").value() == std::to_string(expected));
}

TEST_CASE_FIXTURE(Fixture, "what says no INSERT of one row each is not run as a set") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  std::vector<GroupItem> items;
  items.reserve(5);
  for (int i = 0; i < 5; ++i) {
    items.push_back({"INSERT INTO sqlbus_t SELECT max(id) + 1, ? FROM sqlbus_t",
                     {text("w" + std::to_string(i))},
                     SQLBUS_ITEM_MERGE});
  }
  REQUIRE(run_group(session, items).ok());
  REQUIRE(session.commit().ok());
  CHECK(session.run("SELECT max(id) FROM sqlbus_t").value() == "6");
}

TEST_CASE_FIXTURE(Fixture,
                  "what the ODBC driver would take for a query is refused, not run too late") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const auto answer =
      session.run("WITH n AS (SELECT 5 AS i) INSERT INTO sqlbus_t SELECT i, 'e' FROM n");
  CHECK(answer.cls == SQLBUS_PERMANENT);
  CHECK((answer.sqlstate == "0A000" || answer.sqlstate == "42601"));
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "0");
  CHECK(session.run("WITH n AS (SELECT 5 AS i) SELECT i FROM n").value() == "5");
}

TEST_CASE_FIXTURE(Fixture, "a statement that has failed at its first time can be run again") {
  auto session = connect();
  REQUIRE(session.run(kTable).ok());
  const Run one{.params = {integer(1), text("a")}};
  REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a')").ok());
  for (int round = 0; round < 4; ++round) {
    REQUIRE(session.begin().ok());
    CHECK(session.run("INSERT INTO sqlbus_t VALUES ($1, $2)", one).sqlstate == "23505");
    REQUIRE(session.rollback().ok());
  }
  REQUIRE(session.run("DELETE FROM sqlbus_t").ok());
  CHECK(session.run("INSERT INTO sqlbus_t VALUES ($1, $2)", one).affected == 1);
}

TEST_CASE_FIXTURE(Fixture, "two sessions run side by side") {
  auto session = connect();
  auto other = connect();
  {
    std::thread endless([&] { session.run(subject().dialect().endless); });
    CHECK(other.run("SELECT 1").value() == "1");
    const Canceller canceller(session);
    endless.join();
  }
  CHECK(other.run("SELECT 1").value() == "1");
}

TEST_CASE_FIXTURE(Fixture, "a picture of 16 MiB comes back byte for byte") {
  auto session = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_p (a " + subject().dialect().bytes_type + ")").ok());
  std::string picture(std::size_t{16} << 20U, '\0');
  std::uint32_t seed = 1;
  for (auto& byte : picture)
    byte = static_cast<char>((seed = seed * 1664525U + 1013904223U) >> 24U);
  const auto inserted =
      session.run("INSERT INTO sqlbus_p VALUES ($1)", {.params = {bytes(picture)}});
  REQUIRE_MESSAGE(inserted.ok(), inserted.message);
  const auto answer = session.run("SELECT a FROM sqlbus_p");
  REQUIRE(answer.rows.size() == 1);
  CHECK(answer.rows[0][0].kind == SQLBUS_VALUE_BYTES);
  CHECK((answer.rows[0][0].text == picture));
}

TEST_CASE_FIXTURE(Fixture, "statements that are prepared follow a change of their table") {
  auto session = connect();
  auto other = connect();
  REQUIRE(session.run("CREATE TABLE sqlbus_c (a INTEGER, b INTEGER)").ok());
  const Run one{.params = {integer(1)}};
  const Run two{.params = {integer(1), integer(2)}};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(session.run("INSERT INTO sqlbus_c VALUES (?, ?)", two).ok());
    CHECK(session.run("SELECT * FROM sqlbus_c WHERE a = ?", one).columns.size() == 2);
  }
  REQUIRE(other.run("ALTER TABLE sqlbus_c ADD COLUMN d INTEGER").ok());
  const auto wider = session.run("SELECT * FROM sqlbus_c WHERE a = ?", one);
  CHECK_MESSAGE(wider.ok(), wider.message);
  CHECK(wider.columns.size() == 3);
  CHECK(wider.rows.size() == 3);
  REQUIRE(other.run("DROP TABLE sqlbus_c").ok());
  REQUIRE(other.run("CREATE TABLE sqlbus_c (a VARCHAR(20))").ok());
  REQUIRE(other.run("INSERT INTO sqlbus_c VALUES ('1')").ok());
  CHECK(session.run("SELECT * FROM sqlbus_c WHERE a = ?", {.params = {text("1")}}).value() == "1");
  REQUIRE(session.run("INSERT INTO sqlbus_c VALUES (?)", {.params = {text("word")}}).ok());
  CHECK(session.run("SELECT * FROM sqlbus_c WHERE a = ?", {.params = {text("word")}}).value() ==
        "word");
}

}  // namespace sqlbus::test
