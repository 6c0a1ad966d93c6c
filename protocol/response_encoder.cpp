#include <cmath>

#include "protocol/json_writer.hpp"
#include "protocol/response_codec.hpp"
#include "protocol/utf8.hpp"

namespace sqlbus {
namespace {

// With at most three digits behind the point: nothing finer is measured.
void write_milliseconds(JsonWriter& json, std::string_view name, std::optional<double> value_ms) {
  if (!value_ms || !std::isfinite(*value_ms)) return;
  json.name(name).number(std::round(std::fmax(*value_ms, 0.0) * 1000.0) / 1000.0);
}

void write_columns(JsonWriter& json, const ResultEncoder* result) {
  json.name("FIELDS").integer(result ? std::ssize(result->columns()) : 0);
  json.name("FIELD").open(JsonContainer::kArray);
  if (result != nullptr) {
    for (const Column& column : result->columns()) json.string(column.name);
  }
  json.close(JsonContainer::kArray);
}

void write_types(JsonWriter& json, const ResultEncoder* result) {
  json.name("TYPES").open(JsonContainer::kArray);
  if (result != nullptr) {
    for (const Column& column : result->columns()) json.string(name_of(column.type));
  }
  json.close(JsonContainer::kArray);
}

// Who answers whom, and when.
void write_address(JsonWriter& json, const ResponseHead& head) {
  const auto timestamp_s = std::chrono::floor<std::chrono::seconds>(head.timestamp);
  json.name("UUID").string(head.uuid);
  json.name("APP").string("SQLBUS-SERVER");
  json.name("PID").integer(head.pid);
  json.name("TYPE").string("RESPONSE");
  json.name("DBTYPE").string(head.dbtype);
  json.name("TIMESTAMP").integer(timestamp_s.time_since_epoch().count());
}

// What came of it. `result` gives the columns; its rows only where they are wanted.
void write_answer(JsonWriter& json, const ResponseHead& head, const ResultEncoder* result,
                  bool with_rows) {
  const auto* rows = with_rows ? result : nullptr;
  json.name("MESSAGE").string(message_text(head.message));
  json.name("ERRORID").integer(static_cast<std::int32_t>(head.error));
  write_columns(json, result);
  json.name("ROWS").integer(rows ? rows->rows() : 0);
  json.name("RESULT").raw(rows ? rows->result_json() : "[]");
  json.name("AFFECTED").integer(head.affected);
  write_types(json, result);
  if (!head.sqlstate.empty()) json.name("SQLSTATE").string(head.sqlstate);
  const bool has_lost_rows = !with_rows && result != nullptr && result->rows() > 0;
  if (has_lost_rows || head.is_truncated || (result && result->is_truncated())) {
    json.name("TRUNCATED").boolean(true);
  }
}

void write_circumstances(JsonWriter& json, const ResponseHead& head) {
  write_milliseconds(json, "QUEUED_MS", head.queued_ms);
  write_milliseconds(json, "EXECUTED_MS", head.executed_ms);
  if (!head.traceparent.empty()) json.name("TRACEPARENT").string(head.traceparent);
}

std::string answer_text(const ResponseHead& head, const ResultEncoder* result, bool with_rows) {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject);
  write_answer(json, head, result, with_rows);
  json.close(JsonContainer::kObject);
  return text;
}

}  // namespace

std::string encode_response(const ResponseHead& head, const ResultEncoder* result) {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject);
  write_address(json, head);
  write_answer(json, head, result, true);
  write_circumstances(json, head);
  json.close(JsonContainer::kObject);
  return text;
}

std::string encode_answer(const ResponseHead& head, const ResultEncoder* result,
                          std::size_t bytes_max) {
  auto text = answer_text(head, result, true);
  return text.size() <= bytes_max ? text : answer_text(head, result, false);
}

std::string encode_duplicate(const ResponseHead& head, std::string_view answer) {
  const std::string none =
      R"({"MESSAGE":"","ERRORID":0,"FIELDS":0,"FIELD":[],"ROWS":0,"RESULT":[],)"
      R"("AFFECTED":0,"TYPES":[],"TRUNCATED":true})";
  if (answer.size() < 2) answer = none;
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject);
  write_address(json, head);
  text += ',';
  text += answer.substr(1, answer.size() - 2);
  json.name("DUPLICATE").boolean(true);
  write_circumstances(json, head);
  json.close(JsonContainer::kObject);
  return text;
}

}  // namespace sqlbus
