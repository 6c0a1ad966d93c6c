#include "protocol/column_type.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace sqlbus {
namespace {

constexpr std::array<std::string_view, 12> kNames = {
    "bool", "int",  "decimal",   "float", "text", "bytes",
    "date", "time", "timestamp", "json",  "uuid", "other",
};

}  // namespace

std::string_view name_of(ColumnType type) {
  const auto index = static_cast<std::size_t>(type);
  assert(index < kNames.size());
  return kNames[index];
}

std::optional<ColumnType> column_type_of(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ColumnType>(found - kNames.begin());
}

}  // namespace sqlbus
