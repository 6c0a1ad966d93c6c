#include "client/library/request_draft.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "protocol/request_codec.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace sqlbus {
namespace {

struct Given : sqlbus_request {
  explicit Given(const char* sql) : sqlbus_request{} {
    struct_size = sizeof(sqlbus_request);
    statement = sql;
  }
};

// What comes out at the other end.
Request sent(RequestDraft& draft, const sqlbus_request& given) {
  const CallStatus status = draft.fill(given);
  REQUIRE_MESSAGE(status.ok(), status.text);
  const auto decoded = decode_request(encode_request(draft.request()), 1U << 20U);
  REQUIRE(std::holds_alternative<Request>(decoded));
  return std::get<Request>(decoded);
}

Value sent_value(const sqlbus_param& param) {
  RequestDraft draft("app", 1);
  Given given("x");
  given.params = &param;
  given.param_count = 1;
  return sent(draft, given).statements.at(0).params.at(0);
}

std::string refusal_of(const sqlbus_request& given) {
  RequestDraft draft("app", 1);
  const CallStatus status = draft.fill(given);
  CHECK(status.code == SQLBUS_E_ARGUMENT);
  return status.text;
}

std::string refusal_of(const sqlbus_param& param) {
  Given given("x");
  given.params = &param;
  given.param_count = 1;
  return refusal_of(given);
}

sqlbus_param param_from(const Value& value) {
  const auto sized = [&](sqlbus_param_kind kind) {
    return sqlbus_param_of(kind, value.text.data(), value.text.size());
  };
  switch (value.kind) {
    case Value::Kind::kBool:
      return sqlbus_param_bool(value.integer != 0 ? 1 : 0);
    case Value::Kind::kInteger:
      return sqlbus_param_int(value.integer);
    case Value::Kind::kNumber:
      return sized(SQLBUS_PARAM_DECIMAL);
    case Value::Kind::kText:
      return sized(SQLBUS_PARAM_TEXT);
    case Value::Kind::kBytes:
      return sized(SQLBUS_PARAM_BYTES);
    case Value::Kind::kNull:
      break;
  }
  return sqlbus_param_null();
}

}  // namespace

TEST_CASE("a request has a UUID, the time, and what the caller says") {
  RequestDraft draft("orders", 4711);
  Given given("insert into t values (1)");
  given.database = "main";
  given.key = "customer 7";
  given.deadline_us = 1'700'000'000'250'000;
  given.not_before_us = 1'600'000'000'000'001;
  const EpochTime before = system_now();
  const Request request = sent(draft, given);
  CHECK(request.uuid.size() == 36);
  CHECK(request.app == "orders");
  CHECK(request.pid == 4711);
  CHECK_FALSE(request.sync);
  CHECK(request.timestamp >= before);
  CHECK(request.statements.at(0).sql == given.statement);
  CHECK(request.database == "main");
  CHECK(request.key == "customer 7");
  CHECK(request.deadline == EpochTime(std::chrono::microseconds{1'700'000'000'250'000}));
  CHECK(request.not_before == EpochTime(std::chrono::microseconds{1'600'000'000'000'001}));
}

TEST_CASE("nothing of a request is left in the next one") {
  RequestDraft draft("orders", 1);
  const sqlbus_param param = sqlbus_param_text("x");
  Given first("first");
  first.params = &param;
  first.param_count = 1;
  first.app = "other";
  first.database = "main";
  first.key = "k";
  first.deadline_us = 1;
  first.not_before_us = 1;
  first.uuid = "mine";
  CHECK(sent(draft, first).app == "other");
  const Request request = sent(draft, Given("second"));
  CHECK(request.app == "orders");
  CHECK(request.statements.at(0).params.empty());
  CHECK_FALSE(request.database.has_value());
  CHECK_FALSE(request.key.has_value());
  CHECK_FALSE(request.deadline.has_value());
  CHECK_FALSE(request.not_before.has_value());
  CHECK(request.uuid.size() == 36);
}

TEST_CASE("a transaction and a pair have their statements, each with its values") {
  RequestDraft draft("orders", 1);
  const sqlbus_param params[] = {sqlbus_param_int(1), sqlbus_param_text("x")};
  const sqlbus_statement statements[] = {{"first", 0, params, 1}, {"second and", 6, params, 2}};
  Given given(nullptr);
  given.form = SQLBUS_TRANSACTION;
  given.statements = statements;
  given.statement_count = 2;
  const Request transaction = sent(draft, given);
  CHECK(transaction.form == Request::Form::kTransaction);
  CHECK(transaction.statements.at(0).sql == "first");
  CHECK(transaction.statements.at(0).params.size() == 1);
  CHECK(transaction.statements.at(1).sql == "second");
  CHECK(transaction.statements.at(1).params.at(1).text == "x");
  given.form = SQLBUS_UPSERT;
  CHECK(sent(draft, given).form == Request::Form::kUpsert);
  const Request single = sent(draft, Given("single"));
  CHECK(single.form == Request::Form::kSingle);
  CHECK(single.statements.size() == 1);
  CHECK(single.statements.at(0).params.empty());
}

TEST_CASE("a draft that expects an answer says where, and the next one does not") {
  RequestDraft draft("orders", 1);
  Given given("x");
  given.rows_max = 7;
  given.flags = SQLBUS_TYPED | SQLBUS_URGENT | SQLBUS_NO_DEADLINE;
  given.traceparent = "00-01";
  REQUIRE(draft.fill(given).ok());
  draft.expect_answer();
  draft.set_deadline(EpochTime(std::chrono::seconds{1'700'000'000}));
  const auto decoded = decode_request(encode_request(draft.request()), 1U << 20U);
  REQUIRE(std::holds_alternative<Request>(decoded));
  const auto& request = std::get<Request>(decoded);
  CHECK(request.sync);
  CHECK(request.rchannel == request.uuid);
  CHECK(request.typed);
  CHECK(request.rows_max == 7);
  CHECK(request.traceparent == "00-01");
  CHECK(request.deadline == EpochTime(std::chrono::seconds{1'700'000'000}));
  const Request next = sent(draft, Given("x"));
  CHECK_FALSE(next.sync);
  CHECK(next.rchannel.empty());
  CHECK_FALSE(next.typed);
  CHECK_FALSE(next.rows_max.has_value());
  CHECK(next.traceparent.empty());
  CHECK_FALSE(next.deadline.has_value());
}

TEST_CASE("the values of the test vectors come out as they went in") {
  const auto vectors = test::load_vectors("values.json");
  for (const auto& vector : vectors["params"].GetArray()) {
    const Value value = test::value_from(vector);
    CAPTURE(test::text_at(vector, "json"));
    CHECK(sent_value(param_from(value)) == value);
  }
}

TEST_CASE("a double stays one, however round it is") {
  struct Case {
    double number;
    const char* text;
  };
  const Case cases[] = {{0, "0.0"},     {1, "1.0"},      {-2.5, "-2.5"},
                        {0.1, "0.1"},   {1e22, "1e+22"}, {5e-324, "5e-324"},
                        {-0.0, "-0.0"}, {1e15, "1e+15"}, {123456, "123456.0"}};
  for (const Case& each : cases) {
    const Value value = sent_value(sqlbus_param_double(each.number));
    CHECK(value.kind == Value::Kind::kNumber);
    CHECK(value.text == each.text);
  }
}

TEST_CASE("a text may end with NUL or have a size") {
  CHECK(sent_value(sqlbus_param_text("to the end")).text == "to the end");
  CHECK(sent_value(sqlbus_param_of(SQLBUS_PARAM_TEXT, "to the end", 2)).text == "to");
  CHECK(sent_value(sqlbus_param_of(SQLBUS_PARAM_TEXT, nullptr, 0)).text.empty());
  RequestDraft draft("app", 1);
  Given given("select 1 and more");
  given.statement_size = 8;
  CHECK(sent(draft, given).statements.at(0).sql == "select 1");
}

TEST_CASE("what the bus would refuse is refused here, and the text says what") {
  Given given("x");
  CHECK(refusal_of(Given(nullptr)) == "there is no STATEMENT");
  CHECK(refusal_of(Given("")) == "STATEMENT is empty");
  CHECK(refusal_of(Given("\xFF")) == "STATEMENT is not UTF-8");
  given.statement = "a\0b";
  given.statement_size = 3;
  CHECK(refusal_of(given) == "STATEMENT holds a NUL character");

  given = Given("x");
  given.app = "";
  CHECK(refusal_of(given) == "APP must be a string of 1 to 128 bytes");
  given = Given("x");
  const std::string long_key(513, 'k');
  given.key = long_key.c_str();
  CHECK(refusal_of(given) == "KEY must be a string of 1 to 512 bytes");
  given = Given("x");
  given.database = "";
  CHECK(refusal_of(given).starts_with("DATABASE must be"));
  given = Given("x");
  given.uuid = "with spaces";
  CHECK(refusal_of(given).starts_with("UUID must be"));
  given = Given("x");
  given.form = 3;
  CHECK(refusal_of(given) == "the request has no form that there is");
  given.form = SQLBUS_UPSERT;
  CHECK(refusal_of(given) == "STATEMENT must have an UPDATE and an INSERT");
  given.form = SQLBUS_TRANSACTION;
  CHECK(refusal_of(given) == "STATEMENT must have 1 to 1000 statements");
  const sqlbus_param param = sqlbus_param_null();
  const sqlbus_statement statements[] = {{"x", 0, &param, 999'999}, {"y", 0, &param, 2}};
  given.statements = statements;
  given.statement_count = 2;
  CHECK(refusal_of(given) == "PARAMS has more than 1,000,000 values");
  const sqlbus_statement empty[] = {{"x", 0, nullptr, 0}, {"", 0, nullptr, 0}};
  given.statements = empty;
  CHECK(refusal_of(given) == "statement 2 of 2: STATEMENT is empty");
  given = Given("x");
  given.flags = 8;
  CHECK(refusal_of(given) == "the request has flags that there are not");
  given = Given("x");
  given.rows_max = -1;
  CHECK(refusal_of(given) == "MAX_ROWS must be an integer of at least 1");
  given = Given("x");
  given.deadline_us = -1;
  CHECK(refusal_of(given) == "DEADLINE must be a moment since 1970");
  given = Given("x");
  given.param_count = 1;
  CHECK(refusal_of(given) == "there are no PARAMS");
}

TEST_CASE("a value that no statement could have is refused by its place") {
  const double nan = std::nan("");
  CHECK(refusal_of(sqlbus_param_double(nan)) == "value 1 of PARAMS is not a finite number");
  CHECK(refusal_of(sqlbus_param_decimal("1e400")) ==
        "value 1 of PARAMS is beyond the range of a double");
  for (const char* digits : {"", "1,5", "+1", "01", " 1", "0x10", "true", "NaN", "1."}) {
    CAPTURE(digits);
    CHECK(refusal_of(sqlbus_param_decimal(digits)) ==
          "value 1 of PARAMS is not a finite number as JSON writes it");
  }
  CHECK(sent_value(sqlbus_param_decimal("1e-400")).text == "1e-400");
  CHECK(refusal_of(sqlbus_param_text("\xC3")) == "value 1 of PARAMS is not UTF-8");
  CHECK(refusal_of(sqlbus_param_of(SQLBUS_PARAM_TEXT, nullptr, 3)) ==
        "value 1 of PARAMS has no data");
  sqlbus_param unknown = sqlbus_param_null();
  unknown.kind = 99;
  CHECK(refusal_of(unknown) == "value 1 of PARAMS is of no kind that there is");
}

}  // namespace sqlbus
