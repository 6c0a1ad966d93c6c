#include "bench/report.hpp"

#include <array>
#include <iomanip>
#include <optional>
#include <sstream>
#include <string_view>

namespace sqlbus::bench {

namespace {

constexpr int kRatioDecimals = 2;

std::string verdict_of(const Quantity& quantity) {
  const std::optional<bool> is_met = quantity.is_met();
  if (!is_met) return "";
  return *is_met ? "met" : "MISSED";
}

// Texts of one line, each in its column.
std::string line_of(const std::array<std::string, 7>& texts) {
  constexpr std::array<int, 7> kWidths = {27, 12, 32, 32, 21, 23, 0};
  std::ostringstream line;
  line << std::left;
  for (std::size_t i = 0; i < texts.size(); ++i) line << std::setw(kWidths[i]) << texts[i];
  line << "\n";
  return line.str();
}

void add_numbers(std::ostringstream& csv, const Samples& samples) {
  if (samples.is_empty()) {
    csv << ",,,";
    return;
  }
  csv << "," << samples.median() << "," << samples.min() << "," << samples.max();
}

}  // namespace

std::string report_head() {
  return line_of(
      {"", "", "limit: median (min to max)", "bus", "bus / limit", "target", "limit is"});
}

std::string report_line(const Quantity& quantity) {
  const std::string verdict = verdict_of(quantity);
  return line_of({quantity.name, quantity.unit, quantity.limit.text(quantity.decimals),
                  quantity.bus.text(quantity.decimals), quantity.ratio.text(kRatioDecimals),
                  quantity.target_text() + (verdict.empty() ? "" : ": " + verdict),
                  quantity.limit_name});
}

std::string markdown_of(const std::vector<Quantity>& quantities, const Machine& machine) {
  std::ostringstream text;
  text << "| | |\n| --- | --- |\n";
  for (const auto& [what, value] : machine.facts) text << "| " << what << " | " << value << " |\n";
  text << "\n| quantity | unit | measured against | limit | bus | bus / limit | target | |\n"
       << "| --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const Quantity& quantity : quantities) {
    text << "| " << quantity.name << " | " << quantity.unit << " | " << quantity.limit_name << " | "
         << quantity.limit.text(quantity.decimals) << " | " << quantity.bus.text(quantity.decimals)
         << " | " << quantity.ratio.text(kRatioDecimals) << " | " << quantity.target_text() << " | "
         << verdict_of(quantity) << " |\n";
  }
  return text.str();
}

std::string with_results(const std::string& text, const std::string& results) {
  constexpr std::string_view kBegin = "<!-- measured: written by sqlbus-bench --results -->\n";
  constexpr std::string_view kEnd = "<!-- end of what was measured -->\n";
  const std::string block = std::string(kBegin) + "\n" + results + "\n" + std::string(kEnd);
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = text.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin) return text + block;
  return text.substr(0, begin) + block + text.substr(end + kEnd.size());
}

std::string csv_of(const std::vector<Quantity>& quantities) {
  std::ostringstream csv;
  csv << "name,unit,limit,limit_min,limit_max,bus,bus_min,bus_max,ratio,ratio_min,ratio_max,"
         "target\n";
  for (const Quantity& quantity : quantities) {
    csv << quantity.name << "," << quantity.unit;
    add_numbers(csv, quantity.limit);
    add_numbers(csv, quantity.bus);
    add_numbers(csv, quantity.ratio);
    const bool is_of_ratio = quantity.target.kind == Target::Kind::kRatioAtLeast ||
                             quantity.target.kind == Target::Kind::kRatioAtMost;
    csv << ",";
    if (is_of_ratio) csv << quantity.target.value;
    csv << "\n";
  }
  return csv.str();
}

}  // namespace sqlbus::bench
