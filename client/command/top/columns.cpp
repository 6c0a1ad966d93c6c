#include "client/command/top/columns.hpp"

#include <algorithm>
#include <numeric>

#include "client/command/display_width.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowGap = 1;

std::string padded(const std::string& text, std::size_t width, bool is_number) {
  const auto shown = cut_to_width(text, width);
  const std::string space(width - display_width(shown), ' ');
  return is_number ? space + shown : shown + space;
}

}  // namespace

std::vector<std::string> Columns::lines(std::size_t width) const {
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const auto& column : columns) {
    titles.push_back(column.title);
    widths.push_back(display_width(column.title));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size() && i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  // What the last column wants is no reason to cut names: it is the one with long texts.
  auto least = widths;
  if (!columns.back().is_number) least.back() = display_width(titles.back());
  const auto texts = std::accumulate(least.begin(), least.end(), std::size_t{0});
  const auto gap = texts + kGap * (least.size() - 1) > width ? kNarrowGap : kGap;
  const auto wanted = texts + gap * (least.size() - 1);
  if (wanted > width) {
    const auto excess = wanted - width;
    const auto name_min = std::min(widths[0], kNameMin);
    widths[0] = std::max(name_min, widths[0] > excess ? widths[0] - excess : 0);
  }
  std::vector<std::string> out;
  const auto add = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < widths.size() && i < row.size(); ++i) {
      if (i > 0) line.append(gap, ' ');
      line += padded(row[i], widths[i], columns[i].is_number);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.push_back(cut_to_width(line, width));
  };
  add(titles);
  for (const auto& row : rows) add(row);
  return out;
}

}  // namespace sqlbus
