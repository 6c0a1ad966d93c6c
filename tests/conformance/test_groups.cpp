// Of drivers that run a group in one call; the others get its steps one by one.
#include <doctest/doctest.h>

#include <utility>

#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

struct GroupFixture : Fixture {
  GroupFixture() {
    if (is_missing()) return;
    REQUIRE(session.run(kTable).ok());
    if (!has_ledger()) return;
    sqlbus_error error{};
    REQUIRE(driver().ledger->create(session.get(), &error) == SQLBUS_OK);
  }
  static bool is_missing() { return lacks(driver().execute_group != nullptr, "execute_group"); }
  static bool has_ledger() { return driver().ledger != nullptr; }
  static bool lacks_ledger() { return is_missing() || lacks(has_ledger(), "ledger"); }
  // None with a driver that has no place for them.
  static std::vector<std::string> ids(std::vector<std::string> given) {
    return has_ledger() ? std::move(given) : std::vector<std::string>();
  }
  std::string count() { return connect().run("SELECT count(*) FROM sqlbus_t").value(); }
  void check_ledger(const char* rows) {
    if (!has_ledger()) return;
    CHECK(connect().run("SELECT count(*) FROM sqlbus_ledger").value() == rows);
  }
  AbiSession session = connect();
};

}  // namespace

TEST_CASE_FIXTURE(
    GroupFixture,
    "a group begins, fills the ledger, runs its items, and is open" *
        doctest::description("execute_group: the steps in order; commit is not one of them")) {
  if (is_missing()) return;
  const auto answer = run_group(
      session,
      {{insert(1)}, {"UPDATE sqlbus_t SET word = $1 WHERE id >= $2", {text("x"), integer(1)}}},
      true, ids({"a", "b"}));
  CHECK_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.completed == 2);
  CHECK(answer.affected == std::vector<std::int64_t>{1, 1});
  CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  CHECK(count() == "0");
  REQUIRE(session.commit().ok());
  CHECK(count() == "1");
  check_ledger("2");
}

TEST_CASE_FIXTURE(GroupFixture,
                  "an item that fails is named, what follows has not run" *
                      doctest::description("sqlbus_group: failed_step, completed and suspects tell "
                                           "where it failed; nothing behind has taken effect")) {
  if (is_missing()) return;
  std::vector<GroupItem> items = {{insert(1)}, {insert(2)}, {insert(1)}, {insert(3)}};
  const std::vector<GroupItem> faults = {{insert(1)},
                                         {"INSERT INTO absent VALUES (1)"},
                                         {"INSERT INTO sqlbus_t (id) VALUES ($1)", {text("x")}},
                                         {std::string("SELECT 1\0", 9)},
                                         {"SELECT 1; SELECT 2"},
                                         {"SELECT $1", {}},
                                         {""}};
  for (const auto& fault : faults) {
    CAPTURE(fault.sql);
    items[2] = fault;
    const auto answer = run_group(session, items, true, ids({"a"}));
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.failed_step == SQLBUS_GROUP_ITEMS);
    CHECK(answer.completed == 2);
    CHECK(answer.suspects == 1);
    CHECK(answer.affected[3] <= 0);
    REQUIRE(session.rollback().ok());
    CHECK(count() == "0");
    check_ledger("0");
  }
}

TEST_CASE_FIXTURE(GroupFixture,
                  "a row that the ledger has ends the group before its items" *
                      doctest::description(
                          "sqlbus_group.rows: one that exists is 23505, at SQLBUS_GROUP_LEDGER")) {
  if (lacks_ledger()) return;
  REQUIRE(run_group(session, {{insert(1)}}, true, ids({"b"})).ok());
  REQUIRE(session.commit().ok());
  const auto answer = run_group(session, {{insert(2)}}, true, ids({"a", "b"}));
  CHECK(answer.sqlstate == "23505");
  CHECK(answer.failed_step == SQLBUS_GROUP_LEDGER);
  CHECK(answer.completed == 0);
  REQUIRE(session.rollback().ok());
  CHECK(count() == "1");
  check_ledger("1");
}

TEST_CASE_FIXTURE(GroupFixture,
                  "a group of many rows of the ledger fails where any of them is there" *
                      doctest::description(
                          "sqlbus_group.rows: one that exists is 23505, at SQLBUS_GROUP_LEDGER")) {
  if (lacks_ledger()) return;
  std::vector<std::string> ids;
  for (int i = 100; i < 200; ++i) ids.push_back("id " + std::to_string(i));
  REQUIRE(run_group(session, {{insert(1)}}, true, ids).ok());
  REQUIRE(session.commit().ok());
  check_ledger("100");
  for (const std::size_t known : {0U, 1U, 31U, 32U, 50U, 63U, 64U, 98U, 99U}) {
    CAPTURE(known);
    auto others = ids;
    for (std::size_t i = 0; i < others.size(); ++i) others[i] += i == known ? "" : " new";
    const auto answer = run_group(session, {{insert(2)}}, true, others);
    CHECK(answer.cls == SQLBUS_PERMANENT);
    CHECK(answer.sqlstate == "23505");
    CHECK(answer.failed_step == SQLBUS_GROUP_LEDGER);
    CHECK(session.transaction() != SQLBUS_TRANSACTION_NONE);
    REQUIRE(session.rollback().ok());
    check_ledger("100");
    CHECK(count() == "1");
  }
}

TEST_CASE_FIXTURE(GroupFixture,
                  "a savepoint before an item keeps what was before it" *
                      doctest::description("SQLBUS_ITEM_SAVEPOINT: savepoint(0) before it")) {
  if (is_missing()) return;
  const auto answer = run_group(session, {{insert(1), {}, SQLBUS_ITEM_SAVEPOINT},
                                          {insert(2), {}, SQLBUS_ITEM_SAVEPOINT},
                                          {insert(3)},
                                          {insert(1)},
                                          {insert(4), {}, SQLBUS_ITEM_SAVEPOINT}});
  CHECK(answer.completed == 3);
  REQUIRE(session.rollback_to_savepoint(0).ok());
  REQUIRE(run_group(session, {{insert(2)}, {insert(3)}, {insert(4)}}, false).ok());
  REQUIRE(session.commit().ok());
  CHECK(count() == "4");
}

TEST_CASE_FIXTURE(
    GroupFixture,
    "rows of a group go to their own sinks" *
        doctest::description(
            "sqlbus_item.sink: of each item its own; NULL where the rows are not wanted")) {
  if (is_missing()) return;
  if (lacks(subject().dialect().has_returning, kReturning)) return;
  const auto answer =
      run_group(session, {{insert(1)},
                          {"INSERT INTO sqlbus_t VALUES (2, 'b') RETURNING word", {}, 0, true},
                          {"SELECT id FROM sqlbus_t ORDER BY id", {}, 0, false},
                          {"SELECT word FROM sqlbus_t ORDER BY id", {}, 0, true}});
  REQUIRE_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.rows[0].empty());
  CHECK(answer.rows[1] == std::vector<std::string>{"b"});
  CHECK(answer.rows[2].empty());
  CHECK(answer.rows[3] == std::vector<std::string>{"w1", "b"});
  REQUIRE(session.rollback().ok());
}

TEST_CASE_FIXTURE(
    GroupFixture,
    "a group without items only begins" *
        doctest::description(
            "execute_group: begin in an open transaction is 25001, items without one 25P01")) {
  if (is_missing()) return;
  REQUIRE(run_group(session, {}, true, ids({"a"})).ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  CHECK(run_group(session, {}).sqlstate == "25001");
  REQUIRE(session.commit().ok());
  check_ledger("1");
  CHECK(run_group(session, {{insert(1)}}, false).sqlstate == "25P01");
}

TEST_CASE_FIXTURE(GroupFixture,
                  "statements that come again and again keep their meaning" *
                      doctest::description(
                          "execute_group: what is prepared or merged does as the statement says")) {
  if (is_missing()) return;
  for (int round = 0; round < 5; ++round) {
    std::vector<GroupItem> items;
    for (int i = 0; i < 20; ++i) {
      const int id = round * 20 + i;
      items.push_back(
          {"INSERT INTO sqlbus_t VALUES ($1, $2)", {integer(id), text(std::to_string(id))}});
      items.push_back({"UPDATE sqlbus_t SET word = $2 WHERE id = $1",
                       {integer(id), text("u" + std::to_string(id))}});
    }
    const auto answer = run_group(session, items);
    REQUIRE_MESSAGE(answer.ok(), answer.message);
    REQUIRE(session.commit().ok());
  }
  CHECK(connect().run("SELECT count(*) FROM sqlbus_t WHERE word LIKE 'u%'").value() == "100");
}

TEST_CASE_FIXTURE(GroupFixture,
                  "more texts than a session keeps prepared keep their meaning" *
                      doctest::description(
                          "execute_group: what is prepared or merged does as the statement says")) {
  if (is_missing()) return;
  constexpr int kTexts = 300;
  const auto mark = [](int i) { return " -- " + std::to_string(i); };
  for (int round = 0; round < 2; ++round) {
    std::vector<GroupItem> items;
    for (int i = 0; i < kTexts; ++i) {
      const int id = round * kTexts + i;
      items.push_back({"INSERT INTO sqlbus_t VALUES ($1, $2)" + mark(i),
                       {integer(id), text("w" + std::to_string(id))}});
      items.push_back(
          {"UPDATE sqlbus_t SET word = replace(word, 'w', 'uw') WHERE id = " + std::to_string(id)});
    }
    const auto answer = run_group(session, items);
    REQUIRE_MESSAGE(answer.ok(), answer.message);
    REQUIRE(session.commit().ok());
  }
  CHECK(connect().run("SELECT count(*) FROM sqlbus_t WHERE word LIKE 'uw%'").value() == "600");
}

TEST_CASE_FIXTURE(
    GroupFixture,
    "a lost session is a connection error" *
        doctest::description("execute_group: SQLBUS_CONNECTION where the session is gone")) {
  if (is_missing()) return;
  if (lacks(subject().kill_sessions(), kEndsSessions)) return;
  const auto answer = run_group(session, {{insert(1)}, {insert(2)}}, true, ids({"a"}));
  CHECK(answer.cls == SQLBUS_CONNECTION);
  CHECK(session.transaction() == SQLBUS_TRANSACTION_LOST);
}

}  // namespace sqlbus::test
