// Of drivers that can run a query from an event loop.
#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "tests/conformance/canceller.hpp"
#include "tests/conformance/subject.hpp"

namespace sqlbus::test {
namespace {

constexpr int kTriesMax = 1000;

struct StepFixture : Fixture {
  StepFixture() {
    if (is_missing()) return;
    REQUIRE(session.run(kTable).ok());
    REQUIRE(session.run("INSERT INTO sqlbus_t VALUES (1, 'a'), (2, 'b')").ok());
    // The session is to stand at reading, as a lane's does.
    REQUIRE(session.run("SELECT 1", {.access = SQLBUS_READS_ONLY}).ok());
  }
  static bool is_missing() { return lacks(can(SQLBUS_CAN_STEP), "SQLBUS_CAN_STEP"); }

  // A driver may take only what it has seen a moment ago. before: runs the statement as usual.
  template <typename Before>
  Answer in_steps(const std::string& sql, Run how, Before before) {
    how.access = SQLBUS_READS_ONLY;
    Answer answer;
    for (int i = 0; i < kTriesMax; ++i) {
      before(sql, how);
      answer = session.run_in_steps(sql, how);
      if (answer.cls != SQLBUS_UNSUPPORTED) break;
    }
    return answer;
  }
  Answer in_steps(const std::string& sql, const Run& how = {}) {
    return in_steps(sql, how, [this](const auto& text, const auto& as) { session.run(text, as); });
  }

  AbiSession session = connect();
};

}  // namespace

TEST_CASE_FIXTURE(StepFixture,
                  "a query in steps yields what it yields at once" *
                      doctest::description("start, step: as execute, without waiting")) {
  if (is_missing()) return;
  const auto answer = in_steps("SELECT id, word FROM sqlbus_t WHERE id >= $1 ORDER BY id",
                               {.params = {integer(1)}});
  CHECK_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.result_sets == 1);
  REQUIRE(answer.columns.size() == 2);
  CHECK(answer.columns[1].name == "word");
  REQUIRE(answer.rows.size() == 2);
  CHECK(text_of(answer.rows[1][0]) == "2");
  CHECK(text_of(answer.rows[1][1]) == "b");
  CHECK(session.transaction() == SQLBUS_TRANSACTION_NONE);
  CHECK(session.run("SELECT word FROM sqlbus_t WHERE id = 1").value() == "a");
}

TEST_CASE_FIXTURE(StepFixture,
                  "a query without rows has its columns" *
                      doctest::description("start, step: as execute, without waiting")) {
  if (is_missing()) return;
  const auto answer = in_steps("SELECT id FROM sqlbus_t WHERE id = $1", {.params = {integer(9)}});
  CHECK(answer.ok());
  CHECK(answer.result_sets == 1);
  CHECK(answer.rows.empty());
}

TEST_CASE_FIXTURE(
    StepFixture,
    "what cannot be run in steps is refused before it has begun" *
        doctest::description(
            "start: what it cannot do so is SQLBUS_UNSUPPORTED, and nothing has run")) {
  if (is_missing()) return;
  const std::string sql = "SELECT count(*) FROM sqlbus_t";
  CHECK(session.run_in_steps(sql, {.access = SQLBUS_READ_WRITE}).cls == SQLBUS_UNSUPPORTED);
  const std::string large(1U << 20U, 'x');
  CHECK(session
            .run_in_steps("SELECT id FROM sqlbus_t WHERE word = $1",
                          {.params = {text(large)}, .access = SQLBUS_READS_ONLY})
            .cls == SQLBUS_UNSUPPORTED);
  REQUIRE(session.begin().ok());
  CHECK(session.run_in_steps(sql, {.access = SQLBUS_READS_ONLY}).cls == SQLBUS_UNSUPPORTED);
  CHECK(session.transaction() == SQLBUS_TRANSACTION_OPEN);
  CHECK(session.rollback().ok());
  CHECK(session.run(sql).value() == "2");
}

TEST_CASE_FIXTURE(StepFixture,
                  "a write in steps is told as one, and changes nothing" *
                      doctest::description("start: READS_ONLY holds as with execute")) {
  if (is_missing()) return;
  const auto answer =
      in_steps("INSERT INTO sqlbus_t VALUES ($1, 'x') RETURNING id", {.params = {integer(7)}});
  CHECK(answer.cls == SQLBUS_READ_ONLY);
  CHECK(answer.sqlstate == "25006");
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "2");
}

TEST_CASE_FIXTURE(StepFixture,
                  "a fault in steps leaves the session as it was" *
                      doctest::description("step: an error leaves the session fit for execute")) {
  if (is_missing()) return;
  const std::string sql =
      "SELECT 1 / id FROM sqlbus_t WHERE id < $1 UNION SELECT 1 / (id - 1) FROM sqlbus_t";
  const auto answer = in_steps(sql, {.params = {integer(5)}});
  // It may be the fault of what was prepared: then it is to be run again.
  CHECK((answer.cls == SQLBUS_AGAIN || answer.cls == SQLBUS_PERMANENT));
  CHECK(answer.sqlstate == "22012");
  CHECK(session.run(sql, {.params = {integer(5)}}).sqlstate == "22012");
  CHECK(session.run("SELECT count(*) FROM sqlbus_t").value() == "2");
}

TEST_CASE_FIXTURE(StepFixture,
                  "a query in steps can be cancelled" *
                      doctest::description("step: ends with SQLBUS_CANCELLED after cancel()")) {
  if (is_missing()) return;
  const auto& endless = subject().dialect().endless;
  const Canceller canceller(session);
  const auto answer = in_steps(endless);
  CHECK(answer.cls == SQLBUS_CANCELLED);
  CHECK(answer.sqlstate == "57014");
}

TEST_CASE_FIXTURE(
    StepFixture,
    "once the sink has enough a cancel is success" *
        doctest::description(
            "step: where the sink has enough the bus calls cancel(), which is then success")) {
  if (is_missing()) return;
  std::thread cancelling;
  const Run how{.rows_max = 1,
                .on_enough = [&] { cancelling = std::thread([&] { session.cancel(); }); }};
  const auto answer =
      in_steps(subject().dialect().ten_million_rows, how, [this](const std::string& sql, Run as) {
        as.on_enough = {};
        session.run(sql, as);
      });
  if (cancelling.joinable()) cancelling.join();
  CHECK_MESSAGE(answer.ok(), answer.message);
  CHECK(answer.rows.size() == 1);
}

}  // namespace sqlbus::test
