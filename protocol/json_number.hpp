// The text of JSON numbers: what it is, and what it is worth.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sqlbus {

// The grammar of JSON: no plus sign, no leading zeros, digits on both sides of a point.
bool is_json_number(std::string_view text);

// The value of an integer literal; nothing where it is none or does not fit.
std::optional<std::int64_t> to_int64(std::string_view text);

// The nearest double; nothing where the text is no number or beyond the range of a double.
std::optional<double> to_double(std::string_view text);

}  // namespace sqlbus
