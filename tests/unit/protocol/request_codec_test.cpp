#include "protocol/request_codec.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory_resource>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base64.hpp"
#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "vectors.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kBytesMax = 32U << 20U;

// A valid envelope of a waiting caller, with more members in front.
std::string envelope_with(std::string_view members, std::string_view statement = "\"SELECT 1\"") {
  return "{" + std::string(members) +
         R"("UUID":"u-1","APP":"test","PID":1,"TYPE":"REQUEST","SYNC":true,"RCHANNEL":"reply",)" +
         R"("TIMESTAMP":1700000000,"STATEMENT":)" + std::string(statement) + "}";
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

Refusal refusal_of(std::string_view envelope, std::size_t bytes_max = kBytesMax) {
  auto decoded = decode_request(envelope, bytes_max);
  REQUIRE(std::holds_alternative<Refusal>(decoded));
  return std::get<Refusal>(std::move(decoded));
}

Request request_of(std::string_view envelope) {
  auto decoded = decode_request(envelope, kBytesMax);
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) CAPTURE(refusal->message);
  REQUIRE(std::holds_alternative<Request>(decoded));
  return std::get<Request>(std::move(decoded));
}

void check_answerable(const Refusal& refusal) {
  CHECK(refusal.uuid == "u-1");
  CHECK(refusal.app == "test");
  CHECK(refusal.sync);
  CHECK(refusal.rchannel == "reply");
}

Request::Form form_from(const std::string& name) {
  if (name == "upsert") return Request::Form::kUpsert;
  return name == "transaction" ? Request::Form::kTransaction : Request::Form::kSingle;
}

Request request_from(const rapidjson::Value& facts) {
  const auto time_at = [&](const char* name) {
    return from_epoch_text(test::text_at(facts, name));
  };
  Request request;
  request.uuid = test::text_at(facts, "uuid");
  request.app = test::text_at(facts, "app");
  request.pid = facts["pid"].GetInt64();
  request.sync = facts["sync"].GetBool();
  request.rchannel = test::text_at(facts, "rchannel");
  request.timestamp = time_at("timestamp");
  request.form = form_from(test::text_at(facts, "form"));
  for (const auto& statement : facts["statements"].GetArray()) {
    Statement& added = request.statements.emplace_back();
    added.sql = test::text_at(statement, "sql");
    for (const auto& param : statement["params"].GetArray()) {
      added.params.push_back(test::value_from(param));
    }
  }
  if (facts.HasMember("database")) request.database = test::text_at(facts, "database");
  if (facts.HasMember("key")) request.key = test::text_at(facts, "key");
  if (facts.HasMember("deadline")) request.deadline = time_at("deadline");
  if (facts.HasMember("not_before")) request.not_before = time_at("not_before");
  request.typed = test::flag_at(facts, "typed");
  if (facts.HasMember("max_rows")) request.rows_max = std::stoll(test::text_at(facts, "max_rows"));
  request.traceparent = test::text_at(facts, "traceparent");
  return request;
}

}  // namespace

TEST_CASE("the valid envelopes of the vectors say what they say") {
  const auto vectors = test::load_vectors("requests_valid.json");
  for (const auto& vector : vectors.GetArray()) {
    CAPTURE(test::text_at(vector, "name"));
    const Request request = request_of(test::text_at(vector, "envelope"));
    CHECK(request == request_from(vector["expect"]));
    CHECK(request_of(encode_request(request)) == request);
  }
}

TEST_CASE("the invalid envelopes of the vectors are refused, the member named") {
  const auto vectors = test::load_vectors("requests_invalid.json");
  for (const auto& vector : vectors.GetArray()) {
    CAPTURE(test::text_at(vector, "name"));
    const std::string envelope =
        vector.HasMember("envelope")
            ? test::text_at(vector, "envelope")
            : base64_decode(test::text_at(vector, "envelope_base64")).value();
    const Refusal refusal = refusal_of(envelope);
    CAPTURE(refusal.message);
    CHECK(static_cast<int>(refusal.error) == vector["error"].GetInt());
    CHECK_FALSE(refusal.message.empty());
    CHECK(refusal.message.find(test::text_at(vector, "message")) != std::string::npos);
    if (!vector.HasMember("facts")) continue;
    const auto& facts = vector["facts"];
    CHECK(refusal.sync == test::flag_at(facts, "sync"));
    CHECK(refusal.uuid == test::text_at(facts, "uuid"));
    CHECK(refusal.app == test::text_at(facts, "app"));
    CHECK(refusal.rchannel == test::text_at(facts, "rchannel"));
    CHECK(refusal.traceparent == test::text_at(facts, "traceparent"));
  }
}

TEST_CASE("the bind values of the vectors keep their kind and digits") {
  const auto vectors = test::load_vectors("values.json");
  for (const auto& vector : vectors["params"].GetArray()) {
    const std::string json = test::text_at(vector, "json");
    CAPTURE(json);
    const Request request = request_of(envelope_with("\"PARAMS\":[" + json + "],"));
    REQUIRE(request.statements.at(0).params.size() == 1);
    CHECK(request.statements[0].params[0] == test::value_from(vector));
    CHECK(request_of(encode_request(request)) == request);
  }
}

TEST_CASE("the envelope is written in the protocol's order, without what is not set") {
  Request request;
  request.uuid = "u";
  request.app = "a";
  request.pid = 7;
  request.timestamp = from_epoch_text("1700000000.5");
  request.statements = {{.sql = "SELECT 1", .params = {}}};
  CHECK(encode_request(request) ==
        R"({"UUID":"u","APP":"a","PID":7,"TYPE":"REQUEST","SYNC":false,"TIMESTAMP":1700000000.5,)"
        R"("STATEMENT":"SELECT 1"})");

  request.sync = true;
  request.rchannel = "r";
  request.form = Request::Form::kUpsert;
  request.statements = {{.sql = "U", .params = {{.kind = Value::Kind::kNull}}},
                        {.sql = "I", .params = {}}};
  request.database = "d";
  request.key = "k";
  request.deadline = request.not_before = from_epoch_text("1700000001");
  request.typed = true;
  request.rows_max = 9;
  request.traceparent = "t";
  CHECK(encode_request(request) ==
        R"({"UUID":"u","APP":"a","PID":7,"TYPE":"REQUEST","SYNC":true,"RCHANNEL":"r",)"
        R"("TIMESTAMP":1700000000.5,"STATEMENT":{"UPDATE":{"SQL":"U","PARAMS":[null]},)"
        R"("INSERT":"I"},"DATABASE":"d","KEY":"k","DEADLINE":1700000001,)"
        R"("NOT_BEFORE":1700000001,"TYPED":true,"MAX_ROWS":9,"TRACEPARENT":"t"})");
}

TEST_CASE("200,000 nested brackets are a fault or nothing, never a crash") {
  constexpr std::size_t kDepth = 200'000;
  const std::string open(kDepth, '[');
  const std::string close(kDepth, ']');
  const std::string objects = repeated("{\"a\":", kDepth) + "1" + std::string(kDepth, '}');
  CHECK(refusal_of(open).error == ErrorId::kMalformedJson);
  CHECK(refusal_of(open + close).error == ErrorId::kMalformedJson);
  CHECK(refusal_of(repeated("{\"a\":", kDepth)).error == ErrorId::kMalformedJson);
  CHECK(refusal_of(objects).error == ErrorId::kInvalidField);

  request_of(envelope_with("\"X\":" + open + close + ","));
  request_of(envelope_with("\"X\":" + objects + ","));
  request_of(envelope_with("\"SIGNATURE\":" + objects + ","));
  for (const char* member : {"PARAMS", "KEY", "UUID", "MAX_ROWS"}) {
    CAPTURE(member);
    CHECK(refusal_of("{\"" + std::string(member) + "\":" + open + close + "}").error ==
          ErrorId::kInvalidField);
  }
  const Refusal refusal = refusal_of(envelope_with("", open + close));
  CHECK(refusal.message.starts_with("STATEMENT: statement 1: "));
  check_answerable(refusal);
}

TEST_CASE("an envelope of 64 MiB is too large, and its caller is answered all the same") {
  const std::string big(64U << 20U, 'x');
  const Refusal by_statement = refusal_of(envelope_with("", "\"" + big + "\""));
  CHECK(by_statement.error == ErrorId::kTooLarge);
  CHECK(by_statement.message.find("bytes, more than 33554432") != std::string::npos);
  check_answerable(by_statement);

  const Refusal by_unknown = refusal_of(envelope_with("\"X\":\"" + big + "\","));
  CHECK(by_unknown.error == ErrorId::kTooLarge);
  check_answerable(by_unknown);

  const Refusal by_params =
      refusal_of(envelope_with("\"PARAMS\":[" + repeated("1,", 32U << 20U) + "1],"));
  CHECK(by_params.error == ErrorId::kTooLarge);
  check_answerable(by_params);
}

TEST_CASE("too large wins over what else is wrong, of which nothing is handed on") {
  const Refusal by_field = refusal_of(envelope_with("\"MAX_ROWS\":0,"), 10);
  CHECK(by_field.error == ErrorId::kTooLarge);
  check_answerable(by_field);

  const Refusal by_json = refusal_of(envelope_with("") + "x", 10);
  CHECK(by_json.error == ErrorId::kTooLarge);
  CHECK_FALSE(by_json.sync);
  CHECK(by_json.rchannel.empty());
}

TEST_CASE("the limit is a number of bytes that is still allowed") {
  const std::string envelope = envelope_with("");
  CHECK(std::holds_alternative<Request>(decode_request(envelope, envelope.size())));
  CHECK(refusal_of(envelope, envelope.size() - 1).error == ErrorId::kTooLarge);
}

TEST_CASE("a thousand statements are a transaction, one more is none") {
  const auto list = [](std::size_t statements) {
    return "[" + repeated("\"A\",", statements - 1) + "{\"SQL\":\"B\"}]";
  };
  CHECK(request_of(envelope_with("", list(1000))).statements.size() == 1000);
  check_answerable(refusal_of(envelope_with("", list(1001))));
}

TEST_CASE("a request has at most a million bind values, whatever statement has them") {
  const auto list = [](std::size_t values) { return "[" + repeated("1,", values - 1) + "1]"; };
  const Request request = request_of(envelope_with("\"PARAMS\":" + list(limits::kParamsMax) + ","));
  CHECK(request.statements[0].params.size() == limits::kParamsMax);

  const std::string half = "{\"SQL\":\"A\",\"PARAMS\":" + list(limits::kParamsMax / 2 + 1) + "}";
  const Refusal refusal = refusal_of(envelope_with("", "[" + half + "," + half + "]"));
  CHECK(refusal.message.starts_with("STATEMENT: statement 2: PARAMS: more bind values"));
  check_answerable(refusal);
}

TEST_CASE("unknown members are ignored up to a limit") {
  const auto members = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\"x" + std::to_string(i) + "\":1,";
    return text;
  };
  request_of(envelope_with(members(limits::kUnknownMembersMax)));
  const Refusal refusal = refusal_of(envelope_with(members(limits::kUnknownMembersMax + 1)));
  CHECK(refusal.error == ErrorId::kInvalidField);
  check_answerable(refusal);
}

TEST_CASE("the message stays short and valid when the member's name is long") {
  const std::string name = repeated("\xF0\x9F\x98\x80", 10'000);
  const Refusal refusal = refusal_of(envelope_with("\"" + name + "\":1,\"" + name + "\":2,"));
  CHECK(refusal.error == ErrorId::kInvalidField);
  CHECK(refusal.message.size() <= limits::kMessageBytesMax);
  CHECK(is_utf8(refusal.message));
}

TEST_CASE("an envelope cut anywhere is malformed, and never answered") {
  const std::string envelope = envelope_with("\"PARAMS\":[1,{\"BASE64\":\"AA==\"},\"\\u00e4\"],");
  for (std::size_t size = 0; size < envelope.size(); ++size) {
    CAPTURE(size);
    const Refusal refusal = refusal_of(std::string_view(envelope).substr(0, size));
    CHECK(refusal.error == ErrorId::kMalformedJson);
    CHECK(refusal.rchannel.empty());
  }
}

TEST_CASE("a decoder leaves texts in the envelope, but for those that had to be decoded") {
  const std::string envelope =
      envelope_with(R"("PARAMS":["plain",1.5e3,"a\u0062c",["x"]],"KEY":"k",)", "\"SELECT $1\"");
  const std::string sound =
      envelope_with(R"("PARAMS":["plain",1.5e3,"a\u0062c"],"KEY":"k",)", "\"SELECT $1\"");
  const auto is_within = [](std::string_view text, const std::string& whole) {
    const std::less_equal<const char*> not_behind;
    return not_behind(whole.data(), text.data()) &&
           not_behind(text.data() + text.size(), whole.data() + whole.size());
  };
  std::pmr::monotonic_buffer_resource memory;
  RequestDecoder decoder;
  // One that is refused leaves nothing behind for the next one.
  CHECK(std::holds_alternative<Refusal>(decoder.decode(envelope, kBytesMax, memory)));
  const auto decoded = decoder.decode(sound, kBytesMax, memory);
  REQUIRE(std::holds_alternative<Request>(decoded));
  const auto& request = std::get<Request>(decoded);
  CHECK(request == request_of(sound));
  const auto& statement = request.statements.at(0);
  for (const std::string_view text :
       {request.uuid.view(), request.rchannel.view(), request.key.value().view(),
        statement.sql.view(), statement.params.at(0).text.view(),
        statement.params.at(1).text.view()}) {
    CAPTURE(text);
    CHECK(is_within(text, sound));
  }
  CHECK(statement.params.at(2).text == "abc");
  CHECK_FALSE(is_within(statement.params.at(2).text, sound));
  CHECK(statement.params.get_allocator().resource() == &memory);
  CHECK_FALSE(is_within(Request(request).uuid, sound));  // a copy keeps its own
}

}  // namespace sqlbus
