// How rows are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sqlbus {

// kJson: the response as it came.
enum class OutputFormat : std::uint8_t { kTable, kJson, kCsv, kVertical };

// Nothing where the name is none of table, json, csv and vertical.
inline std::optional<OutputFormat> parse_output_format(std::string_view name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  if (name == "csv") return OutputFormat::kCsv;
  if (name == "vertical") return OutputFormat::kVertical;
  return std::nullopt;
}

}  // namespace sqlbus
