// What libsqlbus asks, and a real bus answers.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/library_answer.hpp"
#include "tests/integration/library_handle.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

const std::string kForEver =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

class Stopwatch {
 public:
  milliseconds time() const {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun_);
  }

 private:
  steady_clock::time_point begun_ = steady_clock::now();
};

sqlbus_request statements(sqlbus_form form, const std::vector<sqlbus_statement>& list) {
  sqlbus_request request = library_request(nullptr);
  request.form = static_cast<std::uint32_t>(form);
  request.statements = list.data();
  request.statement_count = list.size();
  return request;
}

int ask(const LibraryHandle& bus, const sqlbus_request& request, LibraryAnswer& answer,
        std::uint32_t timeout_ms = 30'000) {
  return sqlbus_query(bus.get(), &request, timeout_ms, answer.place());
}

}  // namespace

TEST_CASE("values of every kind come back, by index and by name") {
  ON_EACH_STORE(store);
  Scene scene(store);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  const std::string blob = store == Store::kPostgres ? "bytea" : "blob";
  REQUIRE(ask(bus,
              "create table t (b boolean, i bigint, f double precision, d numeric(9,2), s text, "
              "x " +
                  blob + ", n integer)",
              answer) == SQLBUS_E_OK);
  const sqlbus_param params[] = {sqlbus_param_bool(1),
                                 sqlbus_param_int(INT64_MIN),
                                 sqlbus_param_double(0.1),
                                 sqlbus_param_decimal("12.50"),
                                 sqlbus_param_text("sieb\"en ä"),
                                 sqlbus_param_bytes("\0\xFF", 2),
                                 sqlbus_param_null()};
  REQUIRE(sqlbus_ask(bus.get(), "insert into t values ($1, $2, $3, $4, $5, $6, $7)", params,
                     std::size(params), 0, answer.place()) == SQLBUS_E_OK);
  CHECK(answer.affected() == 1);
  for (const std::uint32_t flags : {0U, std::uint32_t{SQLBUS_TYPED}}) {
    sqlbus_request select = library_request("select b, i, f, d, s, x, n from t");
    select.flags = flags;
    REQUIRE(ask(bus, select, answer) == SQLBUS_E_OK);
    const sqlbus_result* const row = answer.get();
    CHECK(sqlbus_result_rows(row) == 1);
    CHECK(sqlbus_result_fields(row) == 7);
    CHECK(std::string(sqlbus_result_field_name(row, 3)) == "d");
    CHECK(sqlbus_result_field_type(row, 1) == SQLBUS_TYPE_INT);
    CHECK(sqlbus_result_find(row, "s") == 4);
    CHECK(sqlbus_result_find(row, "S") == SQLBUS_NO_FIELD);
    int boolean = 0;
    CHECK(sqlbus_get_bool(row, 0, 0, &boolean) == SQLBUS_E_OK);
    CHECK(boolean == 1);
    std::int64_t integer = 0;
    CHECK(sqlbus_get_int(row, 0, sqlbus_result_find(row, "i"), &integer) == SQLBUS_E_OK);
    CHECK(integer == INT64_MIN);
    double number = 0;
    CHECK(sqlbus_get_double(row, 0, 2, &number) == SQLBUS_E_OK);
    CHECK(number == 0.1);
    const char* digits = nullptr;
    CHECK(sqlbus_get_decimal(row, 0, 3, &digits) == SQLBUS_E_OK);
    CHECK(std::stod(digits) == 12.5);
    const char* text = nullptr;
    std::size_t size = 0;
    CHECK(sqlbus_get_text(row, 0, 4, &text, &size) == SQLBUS_E_OK);
    CHECK(std::string_view(text, size) == "sieb\"en ä");
    const void* bytes = nullptr;
    CHECK(sqlbus_get_bytes(row, 0, 5, &bytes, &size) == SQLBUS_E_OK);
    CHECK(std::string_view(static_cast<const char*>(bytes), size) == std::string_view("\0\xFF", 2));
    CHECK(answer.text(0, 5) == "AP8=");
    CHECK(sqlbus_result_is_null(row, 0, 6) == 1);
    CHECK(sqlbus_get_int(row, 0, 6, &integer) == SQLBUS_E_NULL);
    CHECK(sqlbus_get_int(row, 0, 4, &integer) == SQLBUS_E_TYPE);
    CHECK(sqlbus_get_double(row, 0, 5, &number) == SQLBUS_E_TYPE);
    CHECK(sqlbus_get_int(row, 1, 0, &integer) == SQLBUS_E_ARGUMENT);
    CHECK(sqlbus_get_int(row, 0, SQLBUS_NO_FIELD, &integer) == SQLBUS_E_ARGUMENT);
    CHECK(integer == INT64_MIN);
    CHECK(sqlbus_result_executed_ms(row) >= 0);
  }
}

TEST_CASE("an error carries what the bus said, and the next query is well") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  CHECK(ask(bus, "select * from nowhere", answer) == SQLBUS_E_DATABASE);
  CHECK(answer.error_id() == -1);
  CHECK(answer.sqlstate() == "42P01");
  CHECK(bus.error() == answer.message());
  CHECK(bus.error().find("nowhere") != std::string::npos);
  CHECK(sqlbus_result_uuid(answer.get()) == std::string(sqlbus_last_uuid(bus.get())));
  CHECK(sqlbus_result_is_retriable(answer.get()) == 0);
  CHECK(answer.rows() == 0);

  CHECK(ask(bus, "create table t (i integer primary key)", answer) == SQLBUS_E_OK);
  CHECK(ask(bus, "insert into t values (1)", answer) == SQLBUS_E_OK);
  CHECK(ask(bus, "insert into t values (1)", answer) == SQLBUS_E_CONSTRAINT);
  CHECK(answer.sqlstate() == "23505");
  CHECK(ask(bus, "begin", answer) == SQLBUS_E_REJECTED);
  CHECK(answer.error_id() == 1304);
  sqlbus_request elsewhere = library_request("select 1");
  elsewhere.database = "nobody's";
  CHECK(ask(bus, elsewhere, answer) == SQLBUS_E_REJECTED);
  CHECK(answer.error_id() == 1201);
  CHECK(scalar(bus, "select 7") == "7");
  CHECK(bus.error().empty());
}

TEST_CASE("a request that is none is refused before Redis is asked anything") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  redis.kill9();
  LibraryAnswer answer;
  CHECK(sqlbus_query(bus.get(), nullptr, 0, answer.place()) == SQLBUS_E_ARGUMENT);
  CHECK(ask(bus, "", answer) == SQLBUS_E_ARGUMENT);
  CHECK(bus.error() == "STATEMENT is empty");
  CHECK_FALSE(answer.has_come());
  sqlbus_pending* query = nullptr;
  CHECK(sqlbus_query_start(bus.get(), nullptr, 0, &query) == SQLBUS_E_ARGUMENT);
  CHECK(query == nullptr);
  CHECK(sqlbus_query_wait(bus.get(), nullptr, nullptr) == SQLBUS_E_ARGUMENT);
  sqlbus_query_forget(nullptr);
  sqlbus_request unknown = library_request("select 1");
  unknown.flags = 1U << 31U;
  CHECK(ask(bus, unknown, answer) == SQLBUS_E_ARGUMENT);
}

TEST_CASE("structs of an older and of a newer header are read as far as both know them") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  sqlbus_request old;
  std::memset(&old, 0xFF, sizeof old);
  const sqlbus_request given = library_request("old");
  std::memcpy(&old, &given, offsetof(sqlbus_request, form));
  old.struct_size = offsetof(sqlbus_request, form);
  CHECK(bus.send(old) == SQLBUS_E_OK);
  struct Newer {
    sqlbus_request request;
    std::array<char, 24> more;
  };
  std::array<Newer, 3> newer{};
  for (Newer& each : newer) {
    each.request = library_request("new");
    each.request.struct_size = sizeof each;
    each.more.fill('x');
  }
  std::size_t accepted = 0;
  CHECK(sqlbus_send_many(bus.get(), &newer[0].request, 3, nullptr, &accepted) == SQLBUS_E_OK);
  CHECK(accepted == 3);
  newer[1].request.struct_size = sizeof(sqlbus_request);
  CHECK(sqlbus_send_many(bus.get(), &newer[0].request, 3, nullptr, &accepted) == SQLBUS_E_ARGUMENT);
  CHECK(accepted == 1);
  CHECK(redis.command({"LLEN", kQueue}).integer == 5);
}

TEST_CASE("what concerns no result reads none") {
  CHECK(sqlbus_result_rows(nullptr) == 0);
  CHECK(sqlbus_result_fields(nullptr) == 0);
  CHECK(sqlbus_result_field_name(nullptr, 0) == nullptr);
  CHECK(sqlbus_result_text(nullptr, 0, 0) == nullptr);
  CHECK(sqlbus_result_is_null(nullptr, 0, 0) == 1);
  CHECK(std::string(sqlbus_result_message(nullptr)).empty());
  std::int64_t value = 0;
  CHECK(sqlbus_get_int(nullptr, 0, 0, &value) == SQLBUS_E_ARGUMENT);
  sqlbus_result_free(nullptr);
}

TEST_CASE("a transaction is all or nothing") {
  ON_EACH_STORE(store);
  Scene scene(store);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer primary key)", answer) == SQLBUS_E_OK);
  const sqlbus_param values[] = {sqlbus_param_int(1), sqlbus_param_int(2), sqlbus_param_int(3)};
  const char* const insert = "insert into t values ($1)";
  const auto row = [&](int value) { return sqlbus_statement{insert, 0, &values[value - 1], 1}; };
  CHECK(ask(bus, statements(SQLBUS_TRANSACTION, {row(1), row(2), row(1)}), answer) ==
        SQLBUS_E_CONSTRAINT);
  CHECK(answer.message().starts_with("statement 3 of 3: "));
  CHECK(scalar(bus, "select count(*) from t") == "0");
  CHECK(ask(bus, statements(SQLBUS_TRANSACTION, {row(1), row(2)}), answer) == SQLBUS_E_OK);
  CHECK(answer.affected() == 2);
  const std::vector<sqlbus_statement> more = {row(3), {"delete from t where i = 1", 0, nullptr, 0}};
  CHECK(bus.send(statements(SQLBUS_TRANSACTION, more)) == SQLBUS_E_OK);
  CHECK(scalar(bus, "select count(*) from t where i in (2, 3)") == "2");
  CHECK(scalar(bus, "select count(*) from t") == "2");
}

TEST_CASE("a pair updates, or inserts, or finds nothing") {
  ON_EACH_STORE(store);
  Scene scene(store);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer primary key, s text)", answer) == SQLBUS_E_OK);
  const sqlbus_param name = sqlbus_param_text("new");
  const std::vector<sqlbus_statement> pair = {{"update t set s = $1 where i = 1", 0, &name, 1},
                                              {"insert into t values (1, 'first')", 0, nullptr, 0}};
  CHECK(ask(bus, statements(SQLBUS_UPSERT, pair), answer) == SQLBUS_E_OK);
  CHECK(scalar(bus, "select s from t") == "first");
  CHECK(ask(bus, statements(SQLBUS_UPSERT, pair), answer) == SQLBUS_E_OK);
  CHECK(scalar(bus, "select s from t") == "new");
  const std::vector<sqlbus_statement> neither = {
      {"update t set s = 'x' where i = 2", 0, nullptr, 0},
      {"insert into t select 2, 'x' where 1 = 0", 0, nullptr, 0}};
  CHECK(ask(bus, statements(SQLBUS_UPSERT, neither), answer) == SQLBUS_E_NOT_FOUND);
  CHECK(answer.error_id() == 100);
  CHECK(ask(bus, statements(SQLBUS_UPSERT, {pair[0]}), answer) == SQLBUS_E_ARGUMENT);
}

TEST_CASE("rows are cut and it is said; the same UUID again gets the first answer") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer)", answer) == SQLBUS_E_OK);
  sqlbus_request insert = library_request("insert into t values (1), (2), (3)");
  REQUIRE(ask(bus, insert, answer) == SQLBUS_E_OK);
  const std::string uuid = sqlbus_last_uuid(bus.get());
  insert.uuid = uuid.c_str();
  REQUIRE(ask(bus, insert, answer) == SQLBUS_E_OK);
  CHECK(sqlbus_result_is_duplicate(answer.get()) == 1);
  CHECK(answer.affected() == 3);
  insert.statement = "insert into t values (4)";
  CHECK(ask(bus, insert, answer) == SQLBUS_E_REJECTED);
  CHECK(answer.error_id() == 1305);

  sqlbus_request select = library_request("select i from t order by i");
  select.rows_max = 2;
  select.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  REQUIRE(ask(bus, select, answer) == SQLBUS_E_OK);
  CHECK(answer.rows() == 2);
  CHECK(sqlbus_result_is_truncated(answer.get()) == 1);
  CHECK(sqlbus_result_traceparent(answer.get()) == std::string(select.traceparent));
  CHECK(std::string(sqlbus_result_dbtype(answer.get())) == "SQLITE");
}

TEST_CASE("a query sees what was sent and buffered before it") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer)", answer) == SQLBUS_E_OK);
  const sqlbus_param one = sqlbus_param_int(1);
  CHECK(sqlbus_execute(bus.get(), "insert into t values (?)", &one, 1) == SQLBUS_E_OK);
  CHECK(bus.add("insert into t values (2)") == SQLBUS_E_OK);
  CHECK(scalar(bus, "select count(*) from t") == "2");
  CHECK(bus.count() == 0);
  CHECK(bus.flush() == 1);
}

TEST_CASE("a request is held back until its time, by the clock of Redis") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer)", answer) == SQLBUS_E_OK);
  std::int64_t now_us = 0;
  REQUIRE(sqlbus_now(bus.get(), &now_us) == SQLBUS_E_OK);
  sqlbus_request later = library_request("insert into t values (1)");
  later.not_before_us = now_us + 300'000;
  CHECK(bus.send(later) == SQLBUS_E_OK);
  CHECK(scalar(bus, "select count(*) from t") == "0");
  CHECK(eventually([&] { return scalar(bus, "select count(*) from t") == "1"; }));
  sqlbus_request over = library_request("select 1");
  over.deadline_us = now_us - 1'000'000;
  CHECK(ask(bus, over, answer) == SQLBUS_E_EXPIRED);
  CHECK(answer.error_id() == 1301);
}

TEST_CASE("a statement that takes too long is cancelled in time, and the bus says so") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  const Stopwatch watch;
  CHECK(ask(bus, kForEver, answer, 500) == SQLBUS_E_EXPIRED);
  CHECK(watch.time() < milliseconds{2000});
  CHECK(answer.error_id() == 1302);
  CHECK(sqlbus_result_is_retriable(answer.get()) == 1);
  CHECK(scalar(bus, "select 7") == "7");
}

TEST_CASE("a late answer of a real bus is never another query's") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  const std::string slow =
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000) select $1, "
      "count(*) from n";
  int late = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "slow " + std::to_string(i);
    const sqlbus_param param = sqlbus_param_text(name.c_str());
    sqlbus_request request = library_request(slow.c_str());
    request.params = &param;
    request.param_count = 1;
    request.flags = SQLBUS_NO_DEADLINE;
    LibraryAnswer answer;
    const int code = ask(bus, request, answer, 4);
    if (code == SQLBUS_E_OK) {
      CHECK(answer.text(0, 0) == name);
    } else {
      // Short as it is, the time may be over before there is a connection.
      CHECK((code == SQLBUS_E_TIMEOUT || code == SQLBUS_E_CONNECT));
      CHECK_FALSE(answer.has_come());
      late += code == SQLBUS_E_TIMEOUT ? 1 : 0;
    }
    CHECK(scalar(bus, "select 'quick " + std::to_string(i) + "'") == "quick " + std::to_string(i));
  }
  CHECK(late > 0);
}

TEST_CASE("several queries are under way on one handle, and answered in any order") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryHandle other(scene.redis().socket());
  std::vector<sqlbus_pending*> queries(20);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const std::string sql = "select " + std::to_string(i);
    const sqlbus_request request = library_request(sql.c_str());
    REQUIRE(sqlbus_query_start(bus.get(), &request, 30'000, &queries[i]) == SQLBUS_E_OK);
  }
  CHECK(scalar(bus, "select 'between'") == "between");
  for (std::size_t n = queries.size(); n-- > 0;) {
    const std::size_t i = n * 7 % queries.size();
    LibraryAnswer answer;
    const LibraryHandle& waiter = i % 2 == 0 ? bus : other;
    CHECK(sqlbus_query_wait(waiter.get(), queries[i], answer.place()) == SQLBUS_E_OK);
    CHECK(answer.text(0, 0) == std::to_string(i));
  }
}

TEST_CASE("an answer that is there is taken also when the time is over") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  sqlbus_request request = library_request("select 7");
  request.uuid = "early";
  request.flags = SQLBUS_NO_DEADLINE;
  sqlbus_pending* query = nullptr;
  const Stopwatch watch;
  REQUIRE(sqlbus_query_start(bus.get(), &request, 200, &query) == SQLBUS_E_OK);
  REQUIRE(eventually([&] { return watch.time() > milliseconds{200}; }));
  REQUIRE(eventually([&] { return scene.redis().command({"LLEN", "early"}).integer == 1; }));
  LibraryAnswer answer;
  CHECK(sqlbus_query_wait(bus.get(), query, answer.place()) == SQLBUS_E_OK);
  CHECK(answer.text(0, 0) == "7");
}

TEST_CASE("without a daemon a query times out, and takes no effect later") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer)", answer) == SQLBUS_E_OK);
  scene.bus().terminate();
  const Stopwatch watch;
  CHECK(ask(bus, "insert into t values (1)", answer, 400) == SQLBUS_E_TIMEOUT);
  CHECK(watch.time() < milliseconds{2000});
  CHECK(bus.error() == "no answer within 400 ms");
  CHECK_FALSE(answer.has_come());
  CHECK(bus.send("insert into t values (2)") == SQLBUS_E_OK);  // that needs Redis alone
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  CHECK(scalar(bus, "select group_concat(i) from t") == "2");
}

TEST_CASE("what is urgent is taken first") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer answer;
  REQUIRE(ask(bus, "create table t (i integer)", answer) == SQLBUS_E_OK);
  scene.bus().terminate();
  sqlbus_request request = library_request("insert into t values (1)");
  CHECK(bus.send(request) == SQLBUS_E_OK);
  request.statement = "insert into t values (2)";
  request.flags = SQLBUS_URGENT;
  CHECK(bus.send(request) == SQLBUS_E_OK);
  CHECK(bus.add(request) == SQLBUS_E_ARGUMENT);
  scene.bus().restart();
  REQUIRE(scene.bus().wait_ready());
  CHECK(scalar(bus, "select group_concat(i) from (select i from t order by rowid)") == "2,1");
}

}  // namespace sqlbus::test
