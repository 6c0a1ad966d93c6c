#include "protocol/value_codec.hpp"

#include <string>
#include <utility>

#include "protocol/base64.hpp"
#include "protocol/json_number.hpp"

namespace sqlbus {

Text text_of(const JsonScalar& scalar) {
  return scalar.is_in_place ? Text::borrow(scalar.text) : Text(scalar.text);
}

Value value_of(const JsonScalar& scalar) {
  switch (scalar.kind) {
    case JsonScalar::Kind::kNull:
      return {};
    case JsonScalar::Kind::kBool:
      return {.kind = Value::Kind::kBool, .integer = scalar.boolean ? 1 : 0};
    case JsonScalar::Kind::kNumber:
      if (const auto integer = to_int64(scalar.text)) {
        return {.kind = Value::Kind::kInteger, .integer = *integer};
      }
      return {.kind = Value::Kind::kNumber, .text = text_of(scalar)};
    case JsonScalar::Kind::kString:
      return {.kind = Value::Kind::kText, .text = text_of(scalar)};
  }
  return {};
}

std::optional<Value> bytes_value_of(const JsonScalar& scalar) {
  if (scalar.kind != JsonScalar::Kind::kString) return std::nullopt;
  auto bytes = base64_decode(scalar.text);
  if (!bytes) return std::nullopt;
  return Value{.kind = Value::Kind::kBytes, .text = std::move(*bytes)};
}

void write_value(JsonWriter& json, const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      json.null();
      return;
    case Value::Kind::kBool:
      json.boolean(value.integer != 0);
      return;
    case Value::Kind::kInteger:
      json.integer(value.integer);
      return;
    case Value::Kind::kNumber:
      json.raw(value.text);
      return;
    case Value::Kind::kText:
      json.string(value.text);
      return;
    case Value::Kind::kBytes:
      json.open(JsonContainer::kObject).name(kBase64Name).base64(value.text);
      json.close(JsonContainer::kObject);
      return;
  }
}

}  // namespace sqlbus
