#include "vectors.hpp"

#include <rapidjson/error/en.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "protocol/base64.hpp"
#include "protocol/json_number.hpp"

namespace sqlbus::test {

rapidjson::Document load_vectors(const std::string& file) {
  const std::string path = std::string(SQLBUS_SOURCE_DIR) + "/tests/vectors/" + file;
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  if (document.HasParseError()) {
    throw std::runtime_error(path + ": " + rapidjson::GetParseError_En(document.GetParseError()));
  }
  return document;
}

std::string text_at(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

bool flag_at(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.GetBool();
}

Value value_from(const rapidjson::Value& vector) {
  const std::string kind = text_at(vector, "kind");
  const std::string value = text_at(vector, "value");
  if (kind == "null") return {};
  if (kind == "bool") {
    return {.kind = Value::Kind::kBool, .integer = value == "true" ? 1 : 0, .text = {}};
  }
  if (kind == "integer") {
    return {.kind = Value::Kind::kInteger, .integer = to_int64(value).value(), .text = {}};
  }
  if (kind == "number") return {.kind = Value::Kind::kNumber, .integer = 0, .text = value};
  if (kind == "text") return {.kind = Value::Kind::kText, .integer = 0, .text = value};
  if (kind == "bytes") {
    return {.kind = Value::Kind::kBytes, .integer = 0, .text = base64_decode(value).value()};
  }
  throw std::runtime_error("no such kind of value: " + kind);
}

}  // namespace sqlbus::test
