#include "protocol/column_type.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace sqlbus {
namespace {

constexpr std::array<std::string_view, 12> kColumnTypeNames = {
    "bool", "int",  "decimal",   "float", "text", "bytes",
    "date", "time", "timestamp", "json",  "uuid", "other",
};

}  // namespace

std::string_view name_of(ColumnType type) {
  const auto index = static_cast<std::size_t>(type);
  assert(index < kColumnTypeNames.size());
  return kColumnTypeNames[index];
}

std::optional<ColumnType> column_type_of(std::string_view name) {
  const auto found = std::ranges::find(kColumnTypeNames, name);
  if (found == kColumnTypeNames.end()) return std::nullopt;
  return static_cast<ColumnType>(found - kColumnTypeNames.begin());
}

}  // namespace sqlbus
