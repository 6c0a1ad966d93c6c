#include "client/command/table_printer.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "client/command/display_width.hpp"

namespace sqlbus {

namespace {

struct ShownCell {
  std::string text;
  std::size_t width = 0;
};

struct ShownColumn {
  bool is_number = false;
  std::size_t width = 0;
};

using ShownRow = std::vector<ShownCell>;

ShownCell shown(std::string_view text) {
  ShownCell cell{.text = printable(text)};
  cell.width = display_width(cell.text);
  return cell;
}

ShownRow shown_row(const std::vector<ResponseCell>& cells) {
  ShownRow row;
  for (const ResponseCell& cell : cells) row.push_back(shown(cell.is_null ? "NULL" : cell.text));
  return row;
}

bool is_number_type(std::string_view type) {
  return type == "int" || type == "decimal" || type == "float";
}

std::string line_of(const ShownRow& row, const std::vector<ShownColumn>& columns) {
  std::string line;
  for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
    const std::string padding(columns[i].width - row[i].width, ' ');
    line += i == 0 ? " " : "| ";
    line += columns[i].is_number ? padding + row[i].text : row[i].text + padding;
    line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return line + "\n";
}

std::string rule_of(const std::vector<ShownColumn>& columns) {
  std::string rule;
  for (const ShownColumn& column : columns) {
    if (!rule.empty()) rule += '+';
    rule.append(column.width + 2, '-');
  }
  return rule + "\n";
}

}  // namespace

std::string render_table(const Response& response) {
  ShownRow names;
  for (const std::string& name : response.fields) names.push_back(shown(name));
  std::vector<ShownRow> rows;
  for (const auto& cells : response.rows) rows.push_back(shown_row(cells));

  std::vector<ShownColumn> columns(names.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].is_number = i < response.types.size() && is_number_type(response.types[i]);
    columns[i].width = names[i].width;
    for (const ShownRow& row : rows) {
      if (i < row.size()) columns[i].width = std::max(columns[i].width, row[i].width);
    }
  }

  std::string table = line_of(names, columns) + rule_of(columns);
  for (const ShownRow& row : rows) table += line_of(row, columns);
  table += "(" + std::to_string(rows.size()) + (rows.size() == 1 ? " row" : " rows");
  return table + (response.is_truncated ? ", cut)\n" : ")\n");
}

}  // namespace sqlbus
