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

void write_fields(JsonWriter& json, const ResultEncoder* result) {
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

}  // namespace

std::string encode_response(const ResponseHead& head, const ResultEncoder* result) {
  const auto timestamp_s = std::chrono::floor<std::chrono::seconds>(head.timestamp);
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject);
  json.name("UUID").string(head.uuid);
  json.name("APP").string("SQLBUS-SERVER");
  json.name("PID").integer(head.pid);
  json.name("TYPE").string("RESPONSE");
  json.name("DBTYPE").string(head.dbtype);
  json.name("TIMESTAMP").integer(timestamp_s.time_since_epoch().count());
  json.name("MESSAGE").string(message_text(head.message));
  json.name("ERRORID").integer(static_cast<std::int32_t>(head.error));
  write_fields(json, result);
  json.name("ROWS").integer(result ? result->rows() : 0);
  json.name("RESULT").raw(result ? result->result_json() : "[]");
  json.name("AFFECTED").integer(head.affected);
  write_types(json, result);
  if (!head.sqlstate.empty()) json.name("SQLSTATE").string(head.sqlstate);
  if (head.is_duplicate) json.name("DUPLICATE").boolean(true);
  if (head.is_truncated || (result && result->is_truncated())) json.name("TRUNCATED").boolean(true);
  write_milliseconds(json, "QUEUED_MS", head.queued_ms);
  write_milliseconds(json, "EXECUTED_MS", head.executed_ms);
  if (!head.traceparent.empty()) json.name("TRACEPARENT").string(head.traceparent);
  json.close(JsonContainer::kObject);
  return text;
}

}  // namespace sqlbus
