#include "client/library/param_value.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "protocol/json_number.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/utf8.hpp"

namespace sqlbus {

namespace {

// With a point or an exponent, so that the database does not take it for an integer.
void set_double(double number, Value& value) {
  std::array<char, 32> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  std::string text(digits.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  value.kind = Value::Kind::kNumber;
  value.text = std::move(text);
}

std::string_view set_decimal(std::string_view digits, Value& value) {
  // The grammar first: is_json() would also take other values, and white space.
  if (!is_json_number(digits)) return "is not a finite number as JSON writes it";
  // What to_double() does not take may also be nearer to 0 than a double can be, which is well.
  if (!to_double(digits) && !is_json(digits)) return "is beyond the range of a double";
  value.kind = Value::Kind::kNumber;
  value.text = Text::borrow(digits);
  return {};
}

std::string_view set_text(std::string_view text, Value& value) {
  value.kind = Value::Kind::kText;
  value.text = Text::borrow(text);
  return fault_of_text(text);
}

}  // namespace

std::string_view fault_of_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "holds a NUL character";
  if (!is_utf8(text)) return "is not UTF-8";
  return {};
}

std::string_view set_value(const sqlbus_param& param, Value& value) {
  const bool has_data = param.kind >= SQLBUS_PARAM_DECIMAL && param.kind <= SQLBUS_PARAM_BYTES;
  if (has_data && param.data == nullptr && param.size != 0) return "has no data";
  std::string_view data;
  if (has_data && param.data != nullptr) {
    data = param.size == SQLBUS_NUL_TERMINATED ? std::string_view(param.data)
                                               : std::string_view(param.data, param.size);
  }
  value.integer = 0;
  value.text = {};
  switch (param.kind) {
    case SQLBUS_PARAM_NULL:
      value.kind = Value::Kind::kNull;
      return {};
    case SQLBUS_PARAM_BOOL:
      value.kind = Value::Kind::kBool;
      value.integer = param.integer != 0 ? 1 : 0;
      return {};
    case SQLBUS_PARAM_INT:
      value.kind = Value::Kind::kInteger;
      value.integer = param.integer;
      return {};
    case SQLBUS_PARAM_DOUBLE:
      if (!std::isfinite(param.number)) return "is not a finite number";
      set_double(param.number, value);
      return {};
    case SQLBUS_PARAM_DECIMAL:
      return set_decimal(data, value);
    case SQLBUS_PARAM_TEXT:
      return set_text(data, value);
    case SQLBUS_PARAM_BYTES:
      value.kind = Value::Kind::kBytes;
      value.text = Text::borrow(data);
      return {};
    default:
      return "is of no kind that there is";
  }
}

}  // namespace sqlbus
