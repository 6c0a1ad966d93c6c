#include "protocol/column_type.hpp"

#include <doctest/doctest.h>

#include "drivers/sqlbus_driver.h"

namespace sqlbus {

TEST_CASE("every column type has its name in TYPES, and the number of the drivers") {
  const struct {
    ColumnType type;
    std::string_view name;
    sqlbus_column_type abi;
  } cases[] = {
      {ColumnType::kBool, "bool", SQLBUS_COLUMN_BOOL},
      {ColumnType::kInt, "int", SQLBUS_COLUMN_INT},
      {ColumnType::kDecimal, "decimal", SQLBUS_COLUMN_DECIMAL},
      {ColumnType::kFloat, "float", SQLBUS_COLUMN_FLOAT},
      {ColumnType::kText, "text", SQLBUS_COLUMN_TEXT},
      {ColumnType::kBytes, "bytes", SQLBUS_COLUMN_BYTES},
      {ColumnType::kDate, "date", SQLBUS_COLUMN_DATE},
      {ColumnType::kTime, "time", SQLBUS_COLUMN_TIME},
      {ColumnType::kTimestamp, "timestamp", SQLBUS_COLUMN_TIMESTAMP},
      {ColumnType::kJson, "json", SQLBUS_COLUMN_JSON},
      {ColumnType::kUuid, "uuid", SQLBUS_COLUMN_UUID},
      {ColumnType::kOther, "other", SQLBUS_COLUMN_OTHER},
  };
  for (const auto& c : cases) {
    CHECK(name_of(c.type) == c.name);
    CHECK(column_type_of(c.name) == c.type);
    CHECK(static_cast<int>(c.type) == static_cast<int>(c.abi));
  }
}

TEST_CASE("a name that is no column type is none") {
  for (const std::string_view name : {"", "INT", "integer", "bool "}) {
    CHECK_FALSE(column_type_of(name).has_value());
  }
}

}  // namespace sqlbus
