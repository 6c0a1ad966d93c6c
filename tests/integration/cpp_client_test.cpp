// sqlbus.hpp against a real Redis and a real bus, as those who use it see it.
#include <doctest/doctest.h>

#include <sqlbus.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/integration/plain_scene.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace std::chrono_literals;
using sqlbus::test::eventually;
using sqlbus::test::PlainScene;
using std::chrono::steady_clock;

const std::string kForEver =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

// What a call throws, which has to be an Error of this class.
template <typename Class, typename Call>
Class thrown_by(Call call) {
  try {
    call();
  } catch (const Class& error) {
    return error;
  } catch (const std::exception& error) {
    FAIL_CHECK("another error: " << error.what());
    return Class("another", {});
  }
  FAIL_CHECK("nothing was thrown");
  return Class("nothing", {});
}

static_assert(std::random_access_iterator<sqlbus::Rows::Iterator>);
static_assert(std::is_convertible_v<int, sqlbus::Param>);
static_assert(!std::is_convertible_v<int*, sqlbus::Param>, "a pointer is no boolean");
static_assert(!std::is_convertible_v<char, sqlbus::Param>, "a letter or a number?");

}  // namespace

TEST_CASE("what is sent is there, in order, and rows come by index and by name") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer primary key, name text)");
  std::set<std::string> receipts;
  for (int i = 0; i < 20; ++i) {
    receipts.insert(bus.send("insert into t values (?, ?)", i, "n" + std::to_string(i)));
  }
  CHECK(receipts.size() == 20);
  int expected = 0;
  for (const auto& row : bus.query("select i, name from t order by i").rows()) {
    CHECK(row.get<int>("i") == expected);
    CHECK(row.get<std::string_view>(1) == "n" + std::to_string(expected));
    ++expected;
  }
  CHECK(expected == 20);
  const sqlbus::Result result = bus.query("select i, name from t order by i");
  const auto rows = result.rows();
  const auto found = std::find_if(rows.begin(), rows.end(), [](const sqlbus::Row& row) {
    return row.get<std::string>("name") == "n7";
  });
  CHECK(found - rows.begin() == 7);
  CHECK(rows.end()[-1].get<int>(0) == 19);
  CHECK(result.columns().at(1).name == "name");
  CHECK(result.columns().at(0).type == SQLBUS_TYPE_INT);
  CHECK(result.dbtype() == "SQLITE");
  CHECK(result.executed_ms().has_value());
}

TEST_CASE("values of every type come back") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  const std::optional<std::string> nothing;
  const std::optional<int> seven = 7;
  const auto row = bus.query("select ?, ?, ?, ?, ?, ?, ?, ?, ?", INT64_MIN, 0.1, "ä\n\"'",
                             std::string(), bytes_of({"\0\xFF", 2}), nullptr, nothing, seven, true)
                       .one();
  CHECK(row.get<std::int64_t>(0) == INT64_MIN);
  CHECK(row.get<double>(1) == 0.1);
  CHECK(row.get<std::string>(2) == "ä\n\"'");
  CHECK(row.get<std::string_view>(3).empty());
  CHECK(row.get<std::vector<std::byte>>(4) == bytes_of({"\0\xFF", 2}));
  CHECK_FALSE(row.get<std::optional<std::string>>(5).has_value());
  CHECK_FALSE(row.get<std::optional<int>>(6).has_value());
  CHECK(row.get<std::optional<int>>(7) == 7);
  CHECK(row.get<bool>(8));
  CHECK(row.size() == 9);
}

TEST_CASE("numbers of any length, days and moments") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (n decimal(30,10), d date, m timestamp)");
  using std::chrono::sys_days;
  const auto day = std::chrono::year{2024} / 2 / 29;
  const sqlbus::Moment moment = sys_days(day) + 13h + 14min + 15s + 123456us;
  bus.query("insert into t values (?, ?, ?)", sqlbus::Decimal{"12.50"}, day, moment);
  const auto row = bus.query("select n, d, m from t").one();
  CHECK(std::stod(row.get<sqlbus::Decimal>("n").digits) == 12.5);
  CHECK(row.get<std::chrono::year_month_day>("d") == day);
  CHECK(row.get<sqlbus::Moment>("m") == moment);
  struct Case {
    const char* text;
    sqlbus::Moment moment;
  };
  const Case cases[] = {{"2024-02-29T13:14:15.123456", moment},
                        {"2024-02-29 15:14:15.123456+02", moment},
                        {"2024-02-29 07:44:15.1234569-05:30", moment},
                        {"2024-02-29 13:14:15.123456Z", moment},
                        {"2024-02-29", sys_days(day)},
                        {"2024-02-29 13:14", sys_days(day) + 13h + 14min}};
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(bus.query("select ?", each.text).scalar<sqlbus::Moment>() == each.moment);
  }
  for (const char* text : {"infinity", "2024-02-30", "2024-2-29", "", "2024-02-29 ", "7"}) {
    CAPTURE(text);
    const auto result = bus.query("select ?", text);
    CHECK(thrown_by<sqlbus::CellError>([&] { result.scalar<sqlbus::Moment>(); }).code() ==
          SQLBUS_E_TYPE);
  }
}

TEST_CASE("a cell that is not what was asked for is said") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  const auto row = bus.query("select null as a, 'x' as b, 300 as c").one();
  const auto error = thrown_by<sqlbus::CellError>([&] { row.get<int>("a"); });
  CHECK(error.code() == SQLBUS_E_NULL);
  CHECK(std::string(error.what()) == "row 0, field 0 (a) is NULL");
  CHECK(thrown_by<sqlbus::CellError>([&] { row.get<int>(1); }).code() == SQLBUS_E_TYPE);
  CHECK(thrown_by<sqlbus::CellError>([&] { row.get<std::int8_t>("c"); }).code() == SQLBUS_E_TYPE);
  CHECK(thrown_by<sqlbus::CellError>([&] { row.get<int>("d"); }).code() == SQLBUS_E_ARGUMENT);
  CHECK(thrown_by<sqlbus::CellError>([&] { row.get<int>(3); }).code() == SQLBUS_E_ARGUMENT);
  CHECK(thrown_by<sqlbus::CellError>([&] { bus.query("select 1 where 0").one(); }).code() ==
        SQLBUS_E_ARGUMENT);
}

TEST_CASE("an error carries what the bus said") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer primary key)");
  const auto error = thrown_by<sqlbus::DatabaseError>([&] { bus.query("select * from nowhere"); });
  CHECK(error.error_id() == -1);
  CHECK(error.sqlstate() == "42P01");
  CHECK(error.uuid().size() == 36);
  CHECK_FALSE(error.is_retriable());
  CHECK(std::string(error.what()).find("nowhere") != std::string::npos);
  bus.query("insert into t values (1)");
  CHECK(thrown_by<sqlbus::ConstraintViolation>([&] {
          bus.query("insert into t values (1)");
        }).sqlstate() == "23505");
  CHECK(thrown_by<sqlbus::RequestRefused>([&] { bus.query("begin"); }).error_id() == 1304);
  CHECK(thrown_by<sqlbus::RequestRefused>([&] {
          bus.query(sqlbus::Request("select 1").database("nobody's"));
        }).error_id() == 1201);
  CHECK(thrown_by<sqlbus::ArgumentError>([&] { bus.send(""); }).code() == SQLBUS_E_ARGUMENT);
  CHECK(std::string(thrown_by<sqlbus::ArgumentError>([&] {
                      bus.send(sqlbus::Request("select 1").key(std::string("a\0", 2)));
                    }).what()) == "KEY holds a NUL character");
  thrown_by<sqlbus::ArgumentError>([&] { bus.send("select ?", UINT64_MAX); });
  thrown_by<sqlbus::ArgumentError>([] { const sqlbus::Client wrong("nowhere"); });
  CHECK(bus.query("select 7").scalar<int>() == 7);
}

TEST_CASE("transactions and pairs") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer primary key, name text)");
  using sqlbus::Sql;
  const std::string insert = "insert into t values (?, 'x')";
  const auto error = thrown_by<sqlbus::ConstraintViolation>([&] {
    bus.transaction({Sql(insert, 1), Sql(insert, 2), Sql(insert, 1)});
  });
  CHECK(std::string(error.what()).starts_with("statement 3 of 3: "));
  CHECK(bus.transaction({Sql(insert, 1), Sql(insert, 2), "delete from t where i = 2"}).affected() ==
        3);
  bus.send(sqlbus::Request::transaction({Sql(insert, 3), Sql(insert, 4)}));
  CHECK(bus.query("select count(*) from t").scalar<int>() == 3);
  const Sql update("update t set name = ? where i = ?", "new", 9);
  CHECK(bus.upsert(update, Sql("insert into t values (?, ?)", 9, "first")).affected() == 1);
  bus.upsert(update, Sql("insert into t values (?, ?)", 9, "first"));
  CHECK(bus.query("select name from t where i = 9").scalar<std::string>() == "new");
  CHECK(thrown_by<sqlbus::NotFound>([&] {
          bus.upsert("update t set name = 'x' where i = 99", "insert into t select 1, 'x' where 0");
        }).error_id() == 100);
}

TEST_CASE("what may be said of a request is said") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer)");
  sqlbus::Request insert("insert into t values (1), (2), (3)");
  const auto first = bus.query(insert);
  const auto again = bus.query(insert.uuid(std::string(first.uuid())));
  CHECK_FALSE(first.is_duplicate());
  CHECK(again.is_duplicate());
  CHECK(again.affected() == 3);
  const auto cut = bus.query(sqlbus::Request("select i from t").rows_max(2).traceparent("a-b"));
  CHECK(cut.size() == 2);
  CHECK(cut.is_truncated());
  CHECK(cut.traceparent() == "a-b");
  thrown_by<sqlbus::ArgumentError>([&] { bus.query(sqlbus::Request("select 1").rows_max(0)); });
  bus.send(sqlbus::Request("delete from t").not_before(bus.now() + 300ms).key("k"));
  CHECK(bus.query("select count(*) from t").scalar<int>() == 3);
  CHECK(eventually([&] { return bus.query("select count(*) from t").scalar<int>() == 0; }));
  CHECK(thrown_by<sqlbus::Expired>([&] {
          bus.query(sqlbus::Request("select 1").deadline(bus.now() - 1s));
        }).error_id() == 1301);
}

TEST_CASE("nobody waits beyond the timeout, and a late answer is nobody's") {
  PlainScene scene;
  sqlbus::Client bus(scene.url(), {.timeout = 400ms});
  const auto begun = steady_clock::now();
  CHECK(thrown_by<sqlbus::Timeout>([&] { bus.query(kForEver); }).is_retriable());
  CHECK(steady_clock::now() - begun < 2s);
  CHECK(bus.query("select 7").scalar<int>() == 7);
  scene.end_bus();
  const auto error = thrown_by<sqlbus::Timeout>([&] { bus.query("select 'late'"); });
  CHECK(error.code() == SQLBUS_E_TIMEOUT);
  CHECK(error.uuid().size() == 36);
  scene.restart_bus();
  CHECK(bus.query("select 'own'").scalar<std::string>() == "own");
}

TEST_CASE("many in their order, and again under the same UUIDs where they were kept") {
  PlainScene scene;
  sqlbus::Client bus(scene.url(), {.answer_timeout = 100ms, .buffer_count_max = 10});
  bus.query("create table t (i integer)");
  std::vector<sqlbus::Request> requests;
  for (int i = 0; i < 100; ++i) requests.emplace_back("insert into t values (?)", i);
  scene.pause_redis();
  const auto error = thrown_by<sqlbus::Unclear>([&] { bus.send_many(requests); });
  scene.resume_redis();
  CHECK(error.accepted() == 0);
  bus.send_many(std::span(requests).subspan(error.accepted()));
  CHECK(scene.is_drained());
  CHECK(bus.query("select group_concat(i) = (select group_concat(i) from (select i from t order by "
                  "i)) from (select i from t order by rowid)")
            .scalar<bool>());
  CHECK(bus.query("select count(*) from t").scalar<int>() == 100);
  bus.send_many({});
}

TEST_CASE("a buffer goes when it is full, flushed, or ends") {
  PlainScene scene;
  sqlbus::Client bus(scene.url(), {.buffer_count_max = 3, .buffer_age_max = 1h});
  bus.query("create table t (i integer)");
  {
    auto buffer = bus.buffer();
    for (int i = 0; i < 8; ++i) CHECK(buffer.add("insert into t values (?)", i).size() == 36);
    CHECK(buffer.flush() == 8);
    CHECK(buffer.size() == 0);
    buffer.add("insert into t values (8)");
    buffer.add("insert into t values (9)");
    CHECK(buffer.size() == 2);
  }
  CHECK(bus.query("select count(*), max(i) from t").one().get<int>(0) == 10);
}

TEST_CASE("what a buffer could not send in the end the client sends, or says") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer)");
  scene.kill_redis();
  {
    auto buffer = bus.buffer();
    buffer.add("insert into t values (1)");
  }
  thrown_by<sqlbus::Unreachable>([&] { bus.send("insert into t values (2)"); });
  scene.restart_redis();
  bus.send("insert into t values (3)");
  CHECK(bus.query("select group_concat(i) from t").scalar<std::string>() == "1,3");
}

TEST_CASE("several queries are under way, and each future has its own answer") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer)");
  std::vector<std::future<sqlbus::Result>> answers;
  for (int i = 0; i < 200; ++i) answers.push_back(bus.query_async("select ?", i));
  answers.push_back(bus.query_async("insert into t values (1)"));
  answers.push_back(bus.query_async("select count(*) + 200 from t"));
  auto failing = bus.query_async("select * from nowhere");
  CHECK(bus.query("select 'between'").scalar<std::string>() == "between");
  for (int i = 0; i < 200; ++i) {
    CHECK(answers[static_cast<std::size_t>(i)].get().scalar<int>() == i);
  }
  CHECK(answers[200].get().affected() == 1);
  CHECK(answers[201].get().scalar<int>() == 201);
  CHECK(thrown_by<sqlbus::DatabaseError>([&] { failing.get(); }).sqlstate() == "42P01");
  thrown_by<sqlbus::ArgumentError>([&] { bus.query_async(""); });
}

TEST_CASE("a client ends no later than its queries, and their futures are told") {
  PlainScene scene;
  std::vector<std::future<sqlbus::Result>> answers;
  scene.end_bus();
  const auto begun = steady_clock::now();
  {
    sqlbus::Client bus(scene.url(), {.timeout = 500ms, .waiters_max = 2});
    for (int i = 0; i < 50; ++i) answers.push_back(bus.query_async("select 1"));
    sqlbus::Client moved = std::move(bus);
    answers.push_back(moved.query_async("select 2"));
  }
  CHECK(steady_clock::now() - begun < 4s);
  for (auto& answer : answers) thrown_by<sqlbus::Timeout>([&] { answer.get(); });
}

TEST_CASE("an answer may be read by many threads, also when its client is gone") {
  PlainScene scene;
  std::optional<sqlbus::Result> result;
  {
    sqlbus::Client bus(scene.url());
    result = bus.query(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000) select i, "
        "'x' || i as s from n");
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&wrong, rows = result->rows()] {
      int expected = 0;
      for (const auto& row : rows) {
        ++expected;
        if (row.get<int>("i") != expected) ++wrong;
        if (row.get<std::string>("s") != "x" + std::to_string(expected)) ++wrong;
      }
      if (expected != 1000) ++wrong;
    });
  }
  result.reset();
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("threads with a client each get their own answers while Redis and the bus are killed") {
  PlainScene scene;
  sqlbus::Client bus(scene.url());
  bus.query("create table t (i integer, who integer)");
  std::atomic<bool> is_over = false;
  std::atomic<int> wrong = 0;
  std::array<std::atomic<int>, 4> counts{};
  std::vector<std::thread> threads;
  for (std::size_t who = 0; who < counts.size(); ++who) {
    threads.emplace_back([&, who] {
      sqlbus::Client own(scene.url());
      const auto key = std::to_string(who);
      try {
        while (!is_over) {
          const int number = counts[who];
          const sqlbus::Request insert("insert into t values (?, ?)", number, who);
          if (own.query(sqlbus::Request(insert).key(key)).affected() != 1) ++wrong;
          auto later = own.query_async("select ?, ?", number, who);
          const auto row = later.get().one();
          if (row.get<int>(0) != number || row.get<std::size_t>(1) != who) ++wrong;
          ++counts[who];
        }
      } catch (const std::exception& error) {
        MESSAGE(error.what());
        ++wrong;
      }
    });
  }
  for (int round = 0; round < 4; ++round) {
    const std::array<int, 4> before = {counts[0], counts[1], counts[2], counts[3]};
    CHECK(eventually(
        [&] {
          if (wrong != 0) return true;
          return std::equal(before.begin(), before.end(), counts.begin(),
                            [](int then, const auto& now) { return now > then; });
        },
        60s));
    if (round % 2 == 0) {
      scene.kill_redis();
      scene.restart_redis();
    } else {
      scene.kill_bus();
      scene.restart_bus();
    }
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(scene.is_drained());
  const int sum = counts[0] + counts[1] + counts[2] + counts[3];
  CHECK(bus.query("select count(*) from t").scalar<int>() == sum);
  CHECK(bus.query("select count(*) from (select distinct i, who from t)").scalar<int>() == sum);
  CHECK(scene.dead_count() == 0);
}
