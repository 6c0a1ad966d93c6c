#include "bench/report.hpp"

#include <iomanip>
#include <optional>
#include <sstream>

namespace sqlbus::bench {

namespace {

constexpr int kRatioDecimals = 2;

std::string verdict_of(const Quantity& quantity) {
  const std::optional<bool> is_met = quantity.is_met();
  if (!is_met) return "";
  return *is_met ? "met" : "MISSED";
}

std::string line_of(const std::string& name, const std::string& unit, const std::string& limit,
                    const std::string& bus, const std::string& ratio, const std::string& target) {
  std::ostringstream line;
  line << std::left << std::setw(26) << name << std::setw(12) << unit << std::setw(32) << limit
       << std::setw(32) << bus << std::setw(22) << ratio << target << "\n";
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
  return line_of("", "", "limit: median (min to max)", "bus", "bus / limit", "target");
}

std::string report_line(const Quantity& quantity) {
  const std::string verdict = verdict_of(quantity);
  return line_of(quantity.name, quantity.unit, quantity.limit.text(quantity.decimals),
                 quantity.bus.text(quantity.decimals), quantity.ratio.text(kRatioDecimals),
                 quantity.target_text() + (verdict.empty() ? "" : ": " + verdict));
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
