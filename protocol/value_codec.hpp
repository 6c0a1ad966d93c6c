// Bind values from and to the elements of PARAMS.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/json_reader.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/value.hpp"

namespace sqlbus {

// The one member of the object that stands for bytes.
inline constexpr std::string_view kBase64Name = "BASE64";

// Borrowed where it is in place.
Text text_of(const JsonScalar& scalar);
Value value_of(const JsonScalar& scalar);
// Of the value of BASE64; nothing where it is no base64.
std::optional<Value> bytes_value_of(const JsonScalar& scalar);

void write_value(JsonWriter& json, const Value& value);

}  // namespace sqlbus
