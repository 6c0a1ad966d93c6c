// The vectors that every client has to pass (tests/vectors/README.md), through sqlbus.h: the
// envelopes as they lie on a real queue, and the answers by way of a real reply channel.
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base64.hpp"
#include "protocol/json_number.hpp"
#include "tests/integration/library_answer.hpp"
#include "tests/integration/library_handle.hpp"
#include "tests/support/private_redis.hpp"
#include "tests/unit/protocol/vectors.hpp"

namespace sqlbus::test {
namespace {

using Json = rapidjson::Value;

constexpr std::string_view kQueue = "SqlBusDefaultQueue";

double double_from(const std::string& text) {
  if (text == "nan") return std::nan("");
  if (text == "inf" || text == "-inf") return text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
  return to_double(text).value();
}

// A call as the vectors describe it, in C. It keeps what the request points to.
class Call {
 public:
  explicit Call(const Json& call) : request_(library_request(nullptr)) {
    options_.app = "client";
    if (call.HasMember("transaction")) {
      const int repeat = call.HasMember("repeat") ? call["repeat"].GetInt() : 1;
      for (int i = 0; i < repeat; ++i) {
        for (const Json& part : call["transaction"].GetArray()) add(part);
      }
      request_.form = SQLBUS_TRANSACTION;
    } else if (call.HasMember("upsert")) {
      add(call["upsert"]["update"]);
      add(call["upsert"]["insert"]);
      request_.form = SQLBUS_UPSERT;
    } else {
      take_single(call);
    }
    request_.statements = statements_.data();
    request_.statement_count = statements_.size();
    take_options(call);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // What C has no way to say is left out: an integer beyond 64 bits, a NUL in what ends with one.
  bool can_be_said() const { return can_be_said_; }
  const sqlbus_request& request() const { return request_; }
  const sqlbus_options& options() const { return options_; }

 private:
  const char* keep(std::string text, bool may_have_nul = false) {
    can_be_said_ = can_be_said_ && (may_have_nul || text.find('\0') == std::string::npos);
    return texts_.emplace_back(std::move(text)).c_str();
  }

  sqlbus_param param_from(const Json& vector) {
    const std::string kind = text_at(vector, "kind");
    const std::string value = text_at(vector, "value");
    if (kind == "null") return sqlbus_param_null();
    if (kind == "bool") return sqlbus_param_bool(value == "true" ? 1 : 0);
    if (kind == "float") return sqlbus_param_double(double_from(value));
    if (kind == "decimal") return sqlbus_param_decimal(keep(value));
    if (kind == "integer") {
      const auto number = to_int64(value);
      can_be_said_ = can_be_said_ && number.has_value();
      return sqlbus_param_int(number.value_or(0));
    }
    const bool is_bytes = kind == "bytes";
    const char* const data = keep(is_bytes ? base64_decode(value).value() : value, true);
    return sqlbus_param_of(is_bytes ? SQLBUS_PARAM_BYTES : SQLBUS_PARAM_TEXT, data,
                           texts_.back().size());
  }

  const std::vector<sqlbus_param>& params_of(const Json& part) {
    std::vector<sqlbus_param>& params = params_.emplace_back();
    if (!part.HasMember("params")) return params;
    for (const Json& param : part["params"].GetArray()) params.push_back(param_from(param));
    return params;
  }

  void add(const Json& part) {
    const char* const sql = keep(text_at(part, "sql"), true);
    const std::size_t size = texts_.back().size();
    const auto& params = params_of(part);
    statements_.push_back({sql, size, params.data(), params.size()});
  }

  void take_single(const Json& call) {
    request_.statement = keep(text_at(call, "statement"), true);
    request_.statement_size = texts_.back().size();
    const auto& params = params_of(call);
    request_.params = params.data();
    request_.param_count = params.size();
  }

  void take_options(const Json& call) {
    const auto text = [&](const char* name, const char*& target) {
      if (call.HasMember(name)) target = keep(text_at(call, name));
    };
    text("database", request_.database);
    text("key", request_.key);
    text("app", request_.app);
    text("uuid", request_.uuid);
    text("traceparent", request_.traceparent);
    const auto moment = [&](const char* name, std::int64_t& target) {
      if (call.HasMember(name)) target = std::llround(call[name].GetDouble() * 1e6);
    };
    moment("deadline", request_.deadline_us);
    moment("not_before", request_.not_before_us);
    if (flag_at(call, "typed")) request_.flags |= SQLBUS_TYPED;
    if (call.HasMember("max_rows")) {
      request_.rows_max = call["max_rows"].GetInt64();
      can_be_said_ = can_be_said_ && request_.rows_max != 0;  // that is "none"
    }
    if (call.HasMember("request_bytes_max")) {
      options_.request_bytes_max = call["request_bytes_max"].GetUint64();
    }
  }

  std::deque<std::string> texts_;
  std::deque<std::vector<sqlbus_param>> params_;
  std::vector<sqlbus_statement> statements_;
  sqlbus_request request_;
  sqlbus_options options_ = library_options();
  bool can_be_said_ = true;
};

void check_envelope(const std::string& envelope, const Json& expected) {
  rapidjson::Document members;
  members.Parse(envelope.data(), envelope.size());
  REQUIRE_FALSE(members.HasParseError());
  std::set<std::string> names = {"UUID", "APP", "PID", "TYPE", "SYNC", "TIMESTAMP"};
  for (const auto& member : expected.GetObject()) {
    names.insert(member.name.GetString());
    const std::string text = "\"" + std::string(member.name.GetString()) + "\":" +
                             std::string(member.value.GetString(), member.value.GetStringLength());
    CAPTURE(text);
    const auto found = envelope.find(text);
    REQUIRE(found != std::string::npos);
    CHECK((envelope[found + text.size()] == ',' || envelope[found + text.size()] == '}'));
  }
  std::set<std::string> shown;
  for (const auto& member : members.GetObject()) shown.insert(member.name.GetString());
  CHECK(shown == names);
}

// Asks under a UUID, and pushes the answer itself.
class Answered {
 public:
  int ask(const std::string& uuid, const std::string& response, std::uint32_t flags = 0) {
    sqlbus_request request = library_request("select 1");
    request.uuid = uuid.c_str();
    request.flags = flags;
    sqlbus_pending* query = nullptr;
    REQUIRE(sqlbus_query_start(bus_.get(), &request, 30'000, &query) == SQLBUS_E_OK);
    REQUIRE_FALSE(redis_.command({"LPUSH", uuid, response}).is_error());
    return sqlbus_query_wait(bus_.get(), query, answer_.place());
  }
  const LibraryAnswer& answer() const { return answer_; }
  std::string error() const { return bus_.error(); }

 private:
  PrivateRedis redis_;
  LibraryHandle bus_{redis_.socket()};
  LibraryAnswer answer_;
};

void check_cell(const sqlbus_result* result, const std::string& kind, const std::string& value) {
  std::int64_t integer = 0;
  if (kind == "null") {
    CHECK(sqlbus_result_is_null(result, 0, 0) == 1);
    CHECK(sqlbus_get_int(result, 0, 0, &integer) == SQLBUS_E_NULL);
    return;
  }
  CHECK(sqlbus_result_is_null(result, 0, 0) == 0);
  if (kind == "bool") {
    int boolean = 2;
    CHECK(sqlbus_get_bool(result, 0, 0, &boolean) == SQLBUS_E_OK);
    CHECK(boolean == (value == "true" ? 1 : 0));
  } else if (kind == "integer") {
    CHECK(sqlbus_get_int(result, 0, 0, &integer) == SQLBUS_E_OK);
    CHECK(std::to_string(integer) == value);
  } else if (kind == "float") {
    double number = 0;
    CHECK(sqlbus_get_double(result, 0, 0, &number) == SQLBUS_E_OK);
    const double expected = double_from(value);
    CHECK((number == expected || (std::isnan(number) && std::isnan(expected))));
  } else if (kind == "decimal") {
    const char* digits = nullptr;
    CHECK(sqlbus_get_decimal(result, 0, 0, &digits) == SQLBUS_E_OK);
    CHECK(digits == value);
  } else if (kind == "bytes") {
    const void* bytes = nullptr;
    std::size_t size = 0;
    CHECK(sqlbus_get_bytes(result, 0, 0, &bytes, &size) == SQLBUS_E_OK);
    CHECK(base64_encode({static_cast<const char*>(bytes), size}) == value);
  } else {
    const char* text = nullptr;
    std::size_t size = 0;
    CHECK(sqlbus_get_text(result, 0, 0, &text, &size) == SQLBUS_E_OK);
    // C has no types for moments, and hands out what the bus wrote.
    const bool is_moment = kind == "timestamp";
    if (!is_moment) CHECK(std::string(text, size) == value);
    CHECK(sqlbus_get_int(result, 0, 0, &integer) == SQLBUS_E_TYPE);
  }
}

const std::vector<std::pair<std::string, sqlbus_code>> kClasses = {
    {"NotFound", SQLBUS_E_NOT_FOUND},
    {"DatabaseError", SQLBUS_E_DATABASE},
    {"ConstraintViolation", SQLBUS_E_CONSTRAINT},
    {"RequestRefused", SQLBUS_E_REJECTED},
    {"DatabaseUnavailable", SQLBUS_E_UNAVAILABLE},
    {"Expired", SQLBUS_E_EXPIRED},
    {"ReplyTooLarge", SQLBUS_E_REPLY_TOO_LARGE},
    {"Exhausted", SQLBUS_E_EXHAUSTED},
    {"SqlbusError", SQLBUS_E_FAILED}};

sqlbus_code code_of(const std::string& error_class) {
  for (const auto& [name, code] : kClasses) {
    if (name == error_class) return code;
  }
  FAIL("no such class: " << error_class);
  return SQLBUS_E_OK;
}

}  // namespace

TEST_CASE("a call becomes the members of its envelope, or is refused before") {
  PrivateRedis redis;
  std::size_t said = 0;
  const auto vectors = load_vectors("client_requests.json");
  for (const Json& vector : vectors.GetArray()) {
    CAPTURE(text_at(vector, "name"));
    const Call call(vector["call"]);
    if (!call.can_be_said()) continue;
    ++said;
    LibraryHandle bus(redis.socket(), call.options());
    redis.command({"DEL", kQueue});
    const int code = bus.send(call.request());
    if (vector.HasMember("expect")) {
      CHECK_MESSAGE(code == SQLBUS_E_OK, bus.error());
      check_envelope(redis.command({"LINDEX", kQueue, "0"}).text, vector["expect"]);
    } else {
      const bool is_size = text_at(vector, "refused") == "TooLarge";
      CHECK(code == (is_size ? SQLBUS_E_TOO_LARGE : SQLBUS_E_ARGUMENT));
      // A size is told in our own words.
      if (!is_size) CHECK(bus.error().find(text_at(vector, "message")) != std::string::npos);
      CHECK(redis.command({"LLEN", kQueue}).integer == 0);
    }
  }
  CHECK(said + 5 >= vectors.Size());
}

TEST_CASE("a cell becomes a value by the type of its column") {
  Answered bus;
  const auto vectors = load_vectors("client_answers.json");
  for (const Json& vector : vectors["cells"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    const std::string response = R"({"UUID":"u","ERRORID":0,"FIELD":["c"],"TYPES":[")" +
                                 text_at(vector, "type") + R"("],"RESULT":[[)" +
                                 text_at(vector, "cell") + "]]}";
    REQUIRE(bus.ask("u", response, SQLBUS_TYPED) == SQLBUS_E_OK);
    check_cell(bus.answer().get(), text_at(vector["value"], "kind"),
               text_at(vector["value"], "value"));
  }
}

TEST_CASE("an ERRORID becomes a code") {
  Answered bus;
  const auto vectors = load_vectors("client_answers.json");
  for (const Json& vector : vectors["errors"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    const std::string uuid = "018f3c2e-7d11-7aaa-8bbb-0123456789ab";
    CHECK(bus.ask(uuid, text_at(vector, "response")) == code_of(text_at(vector, "error")));
    CHECK(bus.error() == text_at(vector, "message"));
    CHECK(bus.answer().error_id() == vector["error_id"].GetInt());
    CHECK(bus.answer().sqlstate() == text_at(vector, "sqlstate"));
    CHECK((sqlbus_result_is_retriable(bus.answer().get()) != 0) == flag_at(vector, "retriable"));
    CHECK(sqlbus_result_uuid(bus.answer().get()) == uuid);
  }
}

TEST_CASE("a valid response is read, and any other is said to be none") {
  Answered bus;
  const auto vectors = load_vectors("responses.json");
  for (const Json& vector : vectors["valid"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    const Json& expected = vector["expect"];
    const int code = bus.ask(text_at(expected, "uuid"), text_at(vector, "response"));
    CHECK(code != SQLBUS_E_BAD_ANSWER);
    CHECK((code == SQLBUS_E_OK) == (expected["errorid"].GetInt() == 0));
    const LibraryAnswer& answer = bus.answer();
    CHECK(answer.error_id() == expected["errorid"].GetInt());
    CHECK(answer.message() == text_at(expected, "message"));
    CHECK(sqlbus_result_fields(answer.get()) == expected["fields"].Size());
    REQUIRE(answer.rows() == expected["rows"].Size());
    for (rapidjson::SizeType row = 0; row < expected["rows"].Size(); ++row) {
      for (rapidjson::SizeType field = 0; field < expected["rows"][row].Size(); ++field) {
        const Json& cell = expected["rows"][row][field];
        const bool is_native = cell.IsObject() && cell.HasMember("native");
        CHECK(answer.text(row, field) ==
              (cell.IsNull() ? "NULL" : text_at(cell, is_native ? "native" : "text")));
      }
    }
  }
  for (const Json& vector : vectors["invalid"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    CHECK(bus.ask("u", text_at(vector, "response")) == SQLBUS_E_BAD_ANSWER);
    CHECK(bus.error().find(text_at(vector, "message")) != std::string::npos);
    CHECK_FALSE(bus.answer().has_come());
  }
}

}  // namespace sqlbus::test
