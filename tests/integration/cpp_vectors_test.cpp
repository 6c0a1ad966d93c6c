// The vectors that every client has to pass (tests/vectors/README.md), through sqlbus.hpp.
#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <sqlbus.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "tests/support/private_redis.hpp"
#include "tests/support/text_file.hpp"

namespace {

using Json = rapidjson::Value;
using sqlbus::test::PrivateRedis;

const std::string kQueue = "SqlBusDefaultQueue";

rapidjson::Document load(const std::string& file) {
  rapidjson::Document document;
  document.Parse(
      sqlbus::test::read_text_file(std::string(SQLBUS_SOURCE_DIR "/tests/vectors/") + file)
          .c_str());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

std::string text_at(const Json& object, const char* name) {
  if (!object.HasMember(name)) return {};
  return {object[name].GetString(), object[name].GetStringLength()};
}

std::vector<std::byte> from_base64(const std::string& text) {
  const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6U | static_cast<unsigned>(letters.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> static_cast<unsigned>(count)));
  }
  return bytes;
}

double double_from(const std::string& text) {
  if (text == "nan") return std::nan("");
  return std::stod(text);  // takes inf and -inf
}

// Nothing where C++ has no such value: an integer beyond 64 bits.
std::optional<sqlbus::Param> param_from(const Json& vector) {
  const std::string kind = text_at(vector, "kind");
  const std::string value = text_at(vector, "value");
  if (kind == "null") return sqlbus::Param(nullptr);
  if (kind == "bool") return sqlbus::Param(value == "true");
  if (kind == "float") return sqlbus::Param(double_from(value));
  if (kind == "decimal") return sqlbus::Param(sqlbus::Decimal{value});
  if (kind == "bytes") return sqlbus::Param(from_base64(value));
  if (kind != "integer") return sqlbus::Param(value);
  try {
    return sqlbus::Param(std::stoll(value));
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

std::optional<sqlbus::Sql> sql_from(const Json& part, const char* name) {
  sqlbus::Sql sql(text_at(part, name));
  if (!part.HasMember("params")) return sql;
  for (const Json& param : part["params"].GetArray()) {
    auto value = param_from(param);
    if (!value) return std::nullopt;
    sql.params.push_back(*std::move(value));
  }
  return sql;
}

sqlbus::Moment moment_from(const Json& seconds) {
  return sqlbus::Moment(std::chrono::microseconds(std::llround(seconds.GetDouble() * 1e6)));
}

std::optional<sqlbus::Request> request_from(const Json& call) {
  if (call.HasMember("transaction")) {
    std::vector<sqlbus::Sql> statements;
    const int repeat = call.HasMember("repeat") ? call["repeat"].GetInt() : 1;
    for (int i = 0; i < repeat; ++i) {
      for (const Json& part : call["transaction"].GetArray()) {
        statements.push_back(sql_from(part, "sql").value());
      }
    }
    return sqlbus::Request::transaction(statements);
  }
  if (call.HasMember("upsert")) {
    return sqlbus::Request::upsert(sql_from(call["upsert"]["update"], "sql").value(),
                                   sql_from(call["upsert"]["insert"], "sql").value());
  }
  auto sql = sql_from(call, "statement");
  return sql ? std::optional(sqlbus::Request(*std::move(sql))) : std::nullopt;
}

void set_options(sqlbus::Request& request, const Json& call) {
  if (call.HasMember("database")) request.database(text_at(call, "database"));
  if (call.HasMember("key")) request.key(text_at(call, "key"));
  if (call.HasMember("app")) request.app(text_at(call, "app"));
  if (call.HasMember("uuid")) request.uuid(text_at(call, "uuid"));
  if (call.HasMember("traceparent")) request.traceparent(text_at(call, "traceparent"));
  if (call.HasMember("deadline")) request.deadline(moment_from(call["deadline"]));
  if (call.HasMember("not_before")) request.not_before(moment_from(call["not_before"]));
  if (call.HasMember("max_rows")) request.rows_max(call["max_rows"].GetInt64());
  if (call.HasMember("typed")) request.typed(call["typed"].GetBool());
}

const std::map<std::string, const std::type_info*> kClasses = {
    {"ArgumentError", &typeid(sqlbus::ArgumentError)},
    {"TooLarge", &typeid(sqlbus::TooLarge)},
    {"NotFound", &typeid(sqlbus::NotFound)},
    {"DatabaseError", &typeid(sqlbus::DatabaseError)},
    {"ConstraintViolation", &typeid(sqlbus::ConstraintViolation)},
    {"RequestRefused", &typeid(sqlbus::RequestRefused)},
    {"DatabaseUnavailable", &typeid(sqlbus::DatabaseUnavailable)},
    {"Expired", &typeid(sqlbus::Expired)},
    {"ReplyTooLarge", &typeid(sqlbus::ReplyTooLarge)},
    {"Exhausted", &typeid(sqlbus::Exhausted)},
    {"SqlbusError", &typeid(sqlbus::Error)}};

// Asks, with an answer that is there already.
sqlbus::Result ask(sqlbus::Client& bus, PrivateRedis& redis, const std::string& uuid,
                   const std::string& response) {
  redis.command({"LPUSH", uuid, response});
  return bus.query(sqlbus::Request("select 1").uuid(uuid).typed());
}

void check_cell(const sqlbus::Row& row, const std::string& kind, const std::string& value) {
  if (kind == "null") {
    CHECK_FALSE(row.get<std::optional<int>>(0).has_value());
  } else if (kind == "bool") {
    CHECK(row.get<bool>(0) == (value == "true"));
  } else if (kind == "integer") {
    CHECK(std::to_string(row.get<std::int64_t>(0)) == value);
  } else if (kind == "float") {
    const auto number = row.get<double>(0);
    const double expected = double_from(value);
    CHECK((number == expected || (std::isnan(number) && std::isnan(expected))));
  } else if (kind == "decimal") {
    CHECK(row.get<sqlbus::Decimal>(0).digits == value);
  } else if (kind == "bytes") {
    CHECK(row.get<std::vector<std::byte>>(0) == from_base64(value));
  } else if (kind == "timestamp") {
    // Another way to write the same moment.
    sqlbus::detail::IsoReader text(value);
    const auto moment = std::chrono::sys_days(text.date());
    text.expect("T");
    const auto time = text.time();
    CHECK(row.get<sqlbus::Moment>(0) == moment + time + text.zone());
  } else {
    CHECK(row.get<std::string>(0) == value);
    CHECK_THROWS_AS(row.get<int>(0), sqlbus::CellError);
  }
}

}  // namespace

TEST_CASE("in C++ a call becomes the members of its envelope, or is refused before") {
  PrivateRedis redis;
  std::size_t said = 0;
  const auto vectors = load("client_requests.json");
  for (const Json& vector : vectors.GetArray()) {
    CAPTURE(text_at(vector, "name"));
    const Json& call = vector["call"];
    auto request = request_from(call);
    if (!request) continue;
    ++said;
    set_options(*request, call);
    sqlbus::Options options{.app = "client"};
    if (call.HasMember("request_bytes_max")) {
      options.request_bytes_max = call["request_bytes_max"].GetUint64();
    }
    sqlbus::Client bus("unix://" + redis.socket(), options);
    redis.command({"DEL", kQueue});
    if (vector.HasMember("refused")) {
      try {
        bus.send(*request);
        FAIL_CHECK("it was not refused");
      } catch (const sqlbus::Error& error) {
        const std::string name = text_at(vector, "refused");
        CHECK(typeid(error) == *kClasses.at(name));
        const bool is_size = name == "TooLarge";  // which is told in our own words
        const std::string text = error.what();
        if (!is_size) CHECK(text.find(text_at(vector, "message")) != std::string::npos);
      }
      CHECK(redis.command({"LLEN", kQueue}).integer == 0);
      continue;
    }
    bus.send(*request);
    const std::string envelope = redis.command({"LINDEX", kQueue, "0"}).text;
    for (const auto& member : vector["expect"].GetObject()) {
      const std::string text =
          "\"" + std::string(member.name.GetString()) + "\":" + member.value.GetString();
      CAPTURE(text);
      CHECK((envelope.find(text + ",") != std::string::npos || envelope.ends_with(text + "}")));
    }
  }
  CHECK(said + 2 == vectors.Size());
}

TEST_CASE("in C++ a cell becomes a value") {
  PrivateRedis redis;
  sqlbus::Client bus("unix://" + redis.socket());
  const auto vectors = load("client_answers.json");
  for (const Json& vector : vectors["cells"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    const auto result =
        ask(bus, redis, "u",
            R"({"UUID":"u","ERRORID":0,"FIELD":["c"],"TYPES":[")" + text_at(vector, "type") +
                R"("],"RESULT":[[)" + text_at(vector, "cell") + "]]}");
    check_cell(result.one(), text_at(vector["value"], "kind"), text_at(vector["value"], "value"));
  }
}

TEST_CASE("in C++ an ERRORID becomes an exception of its class") {
  PrivateRedis redis;
  sqlbus::Client bus("unix://" + redis.socket());
  const std::string uuid = "018f3c2e-7d11-7aaa-8bbb-0123456789ab";
  const auto vectors = load("client_answers.json");
  for (const Json& vector : vectors["errors"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    try {
      ask(bus, redis, uuid, text_at(vector, "response"));
      FAIL_CHECK("nothing was thrown");
    } catch (const sqlbus::Error& error) {
      CHECK(typeid(error) == *kClasses.at(text_at(vector, "error")));
      CHECK(std::string(error.what()) == text_at(vector, "message"));
      CHECK(error.error_id() == vector["error_id"].GetInt());
      CHECK(error.sqlstate() == text_at(vector, "sqlstate"));
      CHECK(error.is_retriable() == vector["retriable"].GetBool());
      CHECK(error.uuid() == uuid);
    }
  }
}

TEST_CASE("in C++ what is no response throws BadAnswer") {
  PrivateRedis redis;
  sqlbus::Client bus("unix://" + redis.socket());
  const auto vectors = load("responses.json");
  for (const Json& vector : vectors["invalid"].GetArray()) {
    CAPTURE(text_at(vector, "name"));
    CHECK_THROWS_AS(ask(bus, redis, "u", text_at(vector, "response")), sqlbus::BadAnswer);
  }
}
