// TYPES: what a column of a result set holds, in one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sqlbus {

// The order is that of sqlbus_column_type in drivers/sqlbus_driver.h.
enum class ColumnType : std::uint8_t {
  kBool,
  kInt,
  kDecimal,
  kFloat,
  kText,
  kBytes,
  kDate,
  kTime,
  kTimestamp,
  kJson,
  kUuid,
  kOther,
};

std::string_view name_of(ColumnType type);
std::optional<ColumnType> column_type_of(std::string_view name);

}  // namespace sqlbus
