// An INSERT of one row of plain values, taken apart: INSERT INTO target (columns) VALUES (…).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver_kit.hpp"

namespace sqlbus::postgres {

// What stands at a place of VALUES.
struct InsertElement {
  enum class Kind : std::uint8_t { kPlaceholder, kNull, kBool, kInteger, kDecimal, kString };

  Kind kind = Kind::kNull;
  std::size_t number = 0;  // of a placeholder, from 1
  sqlbus_value value{};    // of a literal
};

struct InsertText {
  std::string_view target;   // the table as it is written, perhaps with its schema
  std::string_view columns;  // with the parentheses; empty where there are none
  std::vector<InsertElement> elements;
};

// Nothing where the statement is anything else: more rows, expressions, DEFAULT, RETURNING, ON
// CONFLICT, an alias, a form of literal that is not known here. Texts are borrowed from `sql`, or
// from `unescaped`, to which strings are added that had to be changed.
std::optional<InsertText> parse_insert(std::string_view sql, std::deque<std::string>& unescaped);

}  // namespace sqlbus::postgres
