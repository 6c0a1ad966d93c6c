#include "protocol/response_codec.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "protocol/json_reader.hpp"
#include "protocol/limits.hpp"
#include "vectors.hpp"

namespace sqlbus {
namespace {

void check_texts(const std::vector<std::string>& texts, const rapidjson::Value& expected) {
  REQUIRE(texts.size() == expected.Size());
  for (rapidjson::SizeType i = 0; i < expected.Size(); ++i) {
    CHECK(texts[i] == expected[i].GetString());
  }
}

void check_cell(const ResponseCell& cell, const rapidjson::Value& expected) {
  CHECK(cell.is_null == expected.IsNull());
  if (expected.IsNull()) return;
  CHECK(cell.is_native == expected.HasMember("native"));
  CHECK(cell.text == test::text_at(expected, cell.is_native ? "native" : "text"));
}

void check_rows(const Response& response, const rapidjson::Value& expected) {
  REQUIRE(response.rows.size() == expected.Size());
  for (rapidjson::SizeType row = 0; row < expected.Size(); ++row) {
    REQUIRE(response.rows[row].size() == expected[row].Size());
    for (rapidjson::SizeType i = 0; i < expected[row].Size(); ++i) {
      check_cell(response.rows[row][i], expected[row][i]);
    }
  }
}

void check_milliseconds(const std::optional<double>& value, const rapidjson::Value& facts,
                        const char* name) {
  REQUIRE(value.has_value() == facts.HasMember(name));
  if (value) CHECK(*value == facts[name].GetDouble());
}

}  // namespace

TEST_CASE("the responses of the vectors say what they say") {
  const auto vectors = test::load_vectors("responses.json");
  for (const auto& vector : vectors["valid"].GetArray()) {
    const auto& facts = vector["expect"];
    CAPTURE(test::text_at(vector, "name"));
    const auto response = decode_response(test::text_at(vector, "response"));
    REQUIRE(response.ok());
    CHECK(response->uuid == test::text_at(facts, "uuid"));
    CHECK(response->pid == facts["pid"].GetInt64());
    CHECK(response->dbtype == test::text_at(facts, "dbtype"));
    CHECK(response->timestamp_s == facts["timestamp"].GetInt64());
    CHECK(response->message == test::text_at(facts, "message"));
    CHECK(response->error_id == facts["errorid"].GetInt());
    check_texts(response->fields, facts["fields"]);
    check_texts(response->types, facts["types"]);
    check_rows(*response, facts["rows"]);
    CHECK(response->affected == facts["affected"].GetInt64());
    CHECK(response->sqlstate == test::text_at(facts, "sqlstate"));
    CHECK(response->is_duplicate == test::flag_at(facts, "duplicate"));
    CHECK(response->is_truncated == test::flag_at(facts, "truncated"));
    check_milliseconds(response->queued_ms, facts, "queued_ms");
    check_milliseconds(response->executed_ms, facts, "executed_ms");
    CHECK(response->traceparent == test::text_at(facts, "traceparent"));
  }
}

TEST_CASE("what is no response is refused with the reason") {
  const auto vectors = test::load_vectors("responses.json");
  for (const auto& vector : vectors["invalid"].GetArray()) {
    CAPTURE(test::text_at(vector, "name"));
    const auto response = decode_response(test::text_at(vector, "response"));
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().message.find("response: ") == 0);
    CHECK(response.error().message.find(test::text_at(vector, "message")) != std::string::npos);
  }
}

TEST_CASE("the members down to TYPES are always there, in the protocol's order") {
  CHECK(encode_response({.uuid = "u", .pid = 1, .dbtype = "SQLITE"}, nullptr) ==
        R"({"UUID":"u","APP":"SQLBUS-SERVER","PID":1,"TYPE":"RESPONSE","DBTYPE":"SQLITE",)"
        R"("TIMESTAMP":0,"MESSAGE":"","ERRORID":0,"FIELDS":0,"FIELD":[],"ROWS":0,"RESULT":[],)"
        R"("AFFECTED":0,"TYPES":[]})");
}

TEST_CASE("everything that a response can say stands in the protocol's order") {
  ResultEncoder result({.typed = true, .rows_max = 1});
  result.begin({{"id", ColumnType::kInt}, {"n\"", ColumnType::kText}});
  const std::array<Cell, 2> row = {Cell{.kind = Cell::Kind::kInteger, .integer = 5},
                                   Cell{.kind = Cell::Kind::kText, .text = "x"}};
  CHECK(result.add_row(row) == ResultEncoder::Verdict::kMore);
  CHECK(result.add_row(row) == ResultEncoder::Verdict::kEnough);
  ResponseHead head;
  head.uuid = "u";
  head.pid = 7;
  head.dbtype = "POSTGRESQL";
  head.timestamp = from_epoch_text("1700000000.999999");
  head.error = ErrorId::kExecutionFailed;
  head.message = "no";
  head.sqlstate = "42601";
  head.affected = 2;
  head.queued_ms = 1.23456;
  head.executed_ms = 0.0001;
  head.traceparent = "t";
  const std::string text = encode_response(head, &result);
  CHECK(text ==
        R"({"UUID":"u","APP":"SQLBUS-SERVER","PID":7,"TYPE":"RESPONSE","DBTYPE":"POSTGRESQL",)"
        R"("TIMESTAMP":1700000000,"MESSAGE":"no","ERRORID":-1,"FIELDS":2,"FIELD":["id","n\""],)"
        R"("ROWS":1,"RESULT":[[5,"x"]],"AFFECTED":2,"TYPES":["int","text"],"SQLSTATE":"42601",)"
        R"("TRUNCATED":true,"QUEUED_MS":1.235,"EXECUTED_MS":0,)"
        R"("TRACEPARENT":"t"})");
  const auto response = decode_response(text);
  REQUIRE(response.ok());
  CHECK(response->rows.at(0).at(0).is_native);
  CHECK(response->is_truncated);
}

TEST_CASE("a copy gets the first answer, and is told that it is one") {
  ResultEncoder result({});
  result.begin({{"id", ColumnType::kInt}});
  const std::array<Cell, 1> row = {Cell{.kind = Cell::Kind::kText, .text = "5"}};
  CHECK(result.add_row(row) == ResultEncoder::Verdict::kMore);
  const ResponseHead first{.uuid = "u", .dbtype = "SQLITE", .affected = 1};
  const auto answer = encode_answer(first, &result, 1000);
  CHECK(answer ==
        R"({"MESSAGE":"","ERRORID":0,"FIELDS":1,"FIELD":["id"],"ROWS":1,"RESULT":[["5"]],)"
        R"("AFFECTED":1,"TYPES":["int"]})");
  const auto response = decode_response(encode_duplicate({.uuid = "u"}, answer));
  REQUIRE(response.ok());
  CHECK(response->is_duplicate);
  CHECK_FALSE(response->is_truncated);
  CHECK(response->affected == 1);
  CHECK(response->rows.at(0).at(0).text == "5");
}

TEST_CASE("an answer too large to keep keeps what it can, and says so") {
  ResultEncoder result({});
  result.begin({{"id", ColumnType::kInt}});
  const std::string text(500, 'x');
  const std::array<Cell, 1> row = {Cell{.kind = Cell::Kind::kText, .text = text}};
  CHECK(result.add_row(row) == ResultEncoder::Verdict::kMore);
  const auto answer = encode_answer({.affected = 3}, &result, 400);
  CHECK(answer.size() < 400);
  const auto kept = decode_response(encode_duplicate({.uuid = "u"}, answer));
  REQUIRE(kept.ok());
  CHECK(kept->affected == 3);
  CHECK(kept->fields.size() == 1);
  CHECK(kept->rows.empty());
  CHECK(kept->is_truncated);
  const auto none = decode_response(encode_duplicate({.uuid = "u"}, ""));
  REQUIRE(none.ok());
  CHECK(none->is_duplicate);
  CHECK(none->is_truncated);
}

TEST_CASE("the times of a response are never below 0, nor anything but numbers") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  ResponseHead head{.uuid = "u", .dbtype = ""};
  head.queued_ms = -5.0;
  head.executed_ms = kInfinity;
  const auto response = decode_response(encode_response(head, nullptr));
  REQUIRE(response.ok());
  CHECK(response->queued_ms == 0.0);
  CHECK_FALSE(response->executed_ms.has_value());
}

TEST_CASE("whatever bytes a database says, the response is valid and its message bounded") {
  const std::string bytes = std::string(5'000, '\xE4') + '\0' + "\"\\\n";
  ResultEncoder result({});
  result.begin({{bytes, ColumnType::kText}});
  const Cell cell{.kind = Cell::Kind::kText, .text = bytes};
  result.add_row({&cell, 1});
  ResponseHead head;
  head.uuid = head.dbtype = head.message = head.sqlstate = head.traceparent = bytes;
  const std::string text = encode_response(head, &result);
  CHECK(is_json(text));
  const auto response = decode_response(text);
  REQUIRE(response.ok());
  CHECK(response->message.size() <= limits::kMessageBytesMax);
  CHECK(response->rows.at(0).at(0).text.ends_with(std::string_view("\0\"\\\n", 4)));
}

TEST_CASE("a cell nested 200,000 deep is read without a crash") {
  const std::string cell = std::string(200'000, '[') + std::string(200'000, ']');
  const auto response = decode_response(R"({"UUID":"u","ERRORID":0,"RESULT":[[)" + cell + "]]}");
  REQUIRE(response.ok());
  CHECK(response->rows.at(0).at(0).text == cell);
}

}  // namespace sqlbus
