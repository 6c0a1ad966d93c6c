#include "client/command/vertical_printer.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "client/command/display_width.hpp"

namespace sqlbus {

namespace {

constexpr std::size_t kRuleWidth = 40;

std::string heading(std::size_t number) {
  std::string line = "-[ RECORD " + std::to_string(number) + " ]";
  if (line.size() < kRuleWidth) line.append(kRuleWidth - line.size(), '-');
  return line + "\n";
}

// "name | its value", the further lines of a value below the first.
void write_cell(std::string& out, const std::string& name, std::string_view value) {
  const std::string blank(display_width(name), ' ');
  bool is_first = true;
  for (;;) {
    const auto end = value.find('\n');
    out += is_first ? name : blank;
    const std::string line = printable(value.substr(0, end));
    out += line.empty() ? " |\n" : " | " + line + "\n";
    if (end == std::string_view::npos) return;
    value.remove_prefix(end + 1);
    is_first = false;
  }
}

}  // namespace

std::string render_vertical(const Response& response) {
  std::vector<std::string> names;
  std::size_t width = 0;
  for (const std::string& name : response.fields) {
    names.push_back(printable(name));
    width = std::max(width, display_width(names.back()));
  }
  for (std::string& name : names) name.append(width - display_width(name), ' ');
  std::string out;
  for (std::size_t i = 0; i < response.rows.size(); ++i) {
    out += heading(i + 1);
    const auto& row = response.rows[i];
    for (std::size_t column = 0; column < row.size() && column < names.size(); ++column) {
      write_cell(out, names[column], row[column].is_null ? "NULL" : row[column].text);
    }
  }
  const std::size_t count = response.rows.size();
  out += "(" + std::to_string(count) + (count == 1 ? " row" : " rows");
  return out + (response.is_truncated ? ", cut)\n" : ")\n");
}

}  // namespace sqlbus
