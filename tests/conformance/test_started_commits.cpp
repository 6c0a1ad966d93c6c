// Of drivers that send a COMMIT without waiting for it.
#include <doctest/doctest.h>

#include "tests/conformance/group_call.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

struct CommitFixture : Fixture {
  CommitFixture() {
    if (is_missing()) return;
    REQUIRE(session.run(kTable).ok());
    sqlbus_error error{};
    REQUIRE(driver().ledger->create(session.get(), &error) == SQLBUS_OK);
    if (!subject().dialect().has_deferred_constraints) return;
    REQUIRE(session
                .run("CREATE TABLE sqlbus_late (id INTEGER, UNIQUE (id) DEFERRABLE INITIALLY "
                     "DEFERRED)")
                .ok());
  }
  static bool is_missing() {
    return lacks(driver().commit_start != nullptr, "commit_start") ||
           lacks(driver().ledger != nullptr && driver().execute_group != nullptr,
                 "commit_start with groups and a ledger");
  }
  std::string count(const std::string& table = "sqlbus_t") {
    return connect().run("SELECT count(*) FROM " + table).value();
  }
  AbiSession session = connect();
};

}  // namespace

TEST_CASE_FIXTURE(CommitFixture,
                  "a commit in two halves" *
                      doctest::description("commit_start, commit_finish: the same as commit")) {
  if (is_missing()) return;
  REQUIRE(run_group(session, {{insert(1)}}, true, {"a"}).ok());
  const std::string id = "a";
  const std::string said = "{}";
  REQUIRE(session.commit_start({{{id.data(), 1}, 7, 8, {}, {}, {said.data(), 2}}}).ok());
  REQUIRE(session.commit_finish().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(count() == "1");
  CHECK(connect().run("SELECT answer FROM sqlbus_ledger").value() == said);
  // It is not begun where there is nothing to commit.
  CHECK(session.commit_start().cls == SQLBUS_PERMANENT);
  CHECK(session.run("SELECT 1").ok());
}

TEST_CASE_FIXTURE(
    CommitFixture,
    "a group behind a commit: both take effect, the first one at once" *
        doctest::description(
            "sqlbus_group.committed: as soon as the transaction before has been committed")) {
  if (is_missing()) return;
  REQUIRE(run_group(session, {{insert(1)}}, true, {"a"}).ok());
  for (int i = 2; i < 5; ++i) {
    REQUIRE(session.commit_start().ok());
    const auto answer = run_group(session, {{insert(i)}}, true, {std::string(1, char('a' + i))});
    CHECK_MESSAGE(answer.ok(), answer.message);
    CHECK(answer.committed == 1);
    CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
    CHECK(count() == std::to_string(i - 1));
  }
  REQUIRE(session.commit_start().ok());
  const auto failed = run_group(session, {{insert(5)}, {insert(1)}});
  CHECK(failed.committed == 1);
  CHECK(failed.failed_step == SQLBUS_GROUP_ITEMS);
  CHECK(failed.completed == 1);
  REQUIRE(session.rollback().ok());
  CHECK(count() == "4");
}

TEST_CASE_FIXTURE(CommitFixture,
                  "a commit that fails takes the group behind it with it" *
                      doctest::description("sqlbus_group: failed_step SQLBUS_GROUP_COMMIT, and "
                                           "nothing of the group has taken effect")) {
  if (is_missing()) return;
  if (lacks(subject().dialect().has_deferred_constraints, kDeferred)) return;
  const std::string id = "a";
  const std::string no_text = "\xff";
  REQUIRE(run_group(session, {{"INSERT INTO sqlbus_late VALUES (1), (1)"}}).ok());
  REQUIRE(session.commit_start().ok());
  SUBCASE("at a constraint") {}
  SUBCASE("at what the ledger is told") {
    REQUIRE(session.commit_finish().sqlstate == "23505");
    REQUIRE(run_group(session, {{insert(1)}}, true, {id}).ok());
    REQUIRE(session.commit_start({{{id.data(), 1}, 7, 8, {}, {}, {no_text.data(), 1}}}).ok());
  }
  const auto answer = run_group(session, {{insert(2)}}, true, {"b"});
  CHECK_FALSE(answer.ok());
  CHECK(answer.failed_step == SQLBUS_GROUP_COMMIT);
  CHECK(answer.committed == 0);
  REQUIRE(session.rollback().ok());
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(count() == "0");
  CHECK(count("sqlbus_late") == "0");
  CHECK(count("sqlbus_ledger") == "0");
  CHECK(run_group(session, {{insert(3)}}).ok());
  CHECK(session.commit().ok());
}

TEST_CASE_FIXTURE(
    CommitFixture,
    "what was to be prepared behind a commit that failed is not taken for it" *
        doctest::description(
            "execute_group: behind a commit that failed nothing of it is relied on")) {
  if (is_missing()) return;
  if (lacks(subject().dialect().has_deferred_constraints, kDeferred)) return;
  const GroupItem item = {"DELETE FROM sqlbus_t WHERE id = $1", {integer(1)}};
  REQUIRE(run_group(session, {{"INSERT INTO sqlbus_late VALUES (1), (1)"}}).ok());
  REQUIRE(session.commit_start().ok());
  REQUIRE(run_group(session, {item, item}, true, {"a"}).failed_step == SQLBUS_GROUP_COMMIT);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(session.rollback().ok());
    const auto answer = run_group(session, {item, item}, true, {"a"});
    CHECK_MESSAGE(answer.ok(), answer.message);
  }
}

TEST_CASE_FIXTURE(CommitFixture,
                  "where the session is lost nobody knows about the commit" *
                      doctest::description("commit_start: an error is as one of commit")) {
  if (is_missing()) return;
  REQUIRE(run_group(session, {{insert(1)}}).ok());
  if (lacks(subject().kill_sessions(), kEndsSessions)) return;
  const auto started = session.commit_start();
  if (started.ok()) {
    const auto answer = run_group(session, {{insert(2)}});
    CHECK(answer.cls == SQLBUS_CONNECTION);
    CHECK(answer.failed_step == SQLBUS_GROUP_COMMIT);
    CHECK(answer.committed == 0);
  } else {
    CHECK(started.cls == SQLBUS_CONNECTION);
  }
  CHECK(session.transaction() == SQLBUS_TRANSACTION_LOST);
  CHECK(count() == "0");
}

TEST_CASE_FIXTURE(
    CommitFixture,
    "what has to be asked for a set is asked when the commit is there" *
        doctest::description("execute_group: merged items behind a commit do as each by itself")) {
  if (is_missing()) return;
  std::vector<GroupItem> items;
  items.reserve(20);
  for (int i = 0; i < 20; ++i) {
    items.push_back({"INSERT INTO sqlbus_t (id, word) VALUES ($1, $2)",
                     {integer(i), text("w" + std::to_string(i))},
                     SQLBUS_ITEM_MERGE});
  }
  REQUIRE(run_group(session, {{"DELETE FROM sqlbus_t"}}).ok());
  REQUIRE(session.commit_start().ok());
  const auto answer = run_group(session, items);
  CHECK_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.committed == 1);
  REQUIRE(session.commit().ok());
  CHECK(count() == "20");
}

}  // namespace sqlbus::test
