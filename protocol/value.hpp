// A bind value of a statement, as it came in PARAMS.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "protocol/text.hpp"

namespace sqlbus {

// Integers are exact to 64 bits; every other number keeps the text that was written, so that no
// digit is lost on the way to a decimal column.
struct Value {
  enum class Kind : std::uint8_t { kNull, kBool, kInteger, kNumber, kText, kBytes };

  Kind kind = Kind::kNull;
  std::int64_t integer = 0;  // kInteger, and kBool as 0 or 1
  Text text{};               // kNumber, kText (UTF-8, no NUL), kBytes (decoded)

  friend bool operator==(const Value&, const Value&) = default;
};

// In the memory of whoever made it; a copy is in the heap's.
using Params = std::pmr::vector<Value>;

}  // namespace sqlbus
