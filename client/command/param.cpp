#include "client/command/param.hpp"

#include <optional>
#include <string>

#include "protocol/json_number.hpp"
#include "protocol/json_reader.hpp"

namespace sqlbus {

namespace {

Value number_param(std::string_view text) {
  if (const auto integer = to_int64(text)) {
    return {.kind = Value::Kind::kInteger, .integer = *integer, .text = {}};
  }
  return {.kind = Value::Kind::kNumber, .text = std::string(text)};
}

// Takes one scalar; says no to the first bracket.
class ScalarVisitor : public JsonVisitor {
 public:
  bool on_scalar(const JsonScalar& scalar) override {
    switch (scalar.kind) {
      case JsonScalar::Kind::kNull:
        value_ = Value{};
        break;
      case JsonScalar::Kind::kBool:
        value_ = Value{.kind = Value::Kind::kBool, .integer = scalar.boolean ? 1 : 0, .text = {}};
        break;
      case JsonScalar::Kind::kNumber:
        value_ = number_param(scalar.text);
        break;
      case JsonScalar::Kind::kString:
        value_ = text_param(scalar.text);
        break;
    }
    return true;
  }
  bool on_name(std::string_view /*name*/) override { return false; }
  bool on_open(JsonContainer /*container*/) override { return false; }
  bool on_close(JsonContainer /*container*/) override { return false; }

  const std::optional<Value>& value() const { return value_; }

 private:
  std::optional<Value> value_;
};

bool is_blank(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

}  // namespace

Value text_param(std::string_view text) {
  return {.kind = Value::Kind::kText, .text = std::string(text)};
}

Value param_of(std::string_view text) {
  if (text.empty() || is_blank(text.front()) || is_blank(text.back())) return text_param(text);
  ScalarVisitor visitor;
  const bool is_scalar = read_json(text, visitor).ok() && visitor.value();
  return is_scalar ? *visitor.value() : text_param(text);
}

}  // namespace sqlbus
