#include "client/command/csv_printer.hpp"

namespace sqlbus {

std::string csv_field(std::string_view text) {
  if (!text.empty() && text.find_first_of("\",\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + "\"";
}

std::string render_csv(const Response& response) {
  std::string csv;
  for (const std::string& name : response.fields) {
    if (!csv.empty()) csv += ',';
    csv += csv_field(name);
  }
  if (response.fields.empty()) return csv;
  csv += '\n';
  for (const auto& row : response.rows) {
    bool is_first = true;
    for (const ResponseCell& cell : row) {
      if (!is_first) csv += ',';
      is_first = false;
      if (!cell.is_null) csv += csv_field(cell.text);
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace sqlbus
