#include "daemon/metrics/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sqlbus {
namespace {

// Plain notation, in the fewest digits that mean the same double.
void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  out.append(text.data(), error == std::errc{} ? static_cast<std::size_t>(end - text.data()) : 0);
}

void append_escaped(std::string& out, std::string_view text, bool has_quotes) {
  for (const char c : text) {
    if (c == '\\' || (has_quotes && c == '"')) out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

}  // namespace

void Exposition::family(Metric metric) {
  const auto& row = metric_row(metric);
  name_ = row.name;
  out_.append("# HELP ").append(name_).append(" ");
  append_escaped(out_, row.help, false);
  out_.append("\n# TYPE ").append(name_).append(" ").append(to_string(row.kind)).append("\n");
}

void Exposition::begin(std::string_view suffix, MetricLabels labels, std::string_view le) {
  out_.append(name_).append(suffix);
  char separator = '{';
  const auto add = [&](std::string_view name, std::string_view value) {
    out_ += separator;
    out_.append(name).append("=\"");
    append_escaped(out_, value, true);
    out_ += '"';
    separator = ',';
  };
  for (const auto& [name, value] : labels) add(name, value);
  if (!le.empty()) add("le", le);
  if (separator == ',') out_ += '}';
  out_ += ' ';
}

void Exposition::sample(MetricLabels labels, std::uint64_t value) {
  begin("", labels);
  out_.append(std::to_string(value)).append("\n");
}

void Exposition::sample(MetricLabels labels, double value) {
  begin("", labels);
  append_number(out_, value);
  out_ += '\n';
}

void Exposition::histogram(MetricLabels labels, const HistogramTotals& totals,
                           std::span<const std::int64_t> bounds, double unit) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < totals.counts.size(); ++i) {
    std::string le;
    if (i < bounds.size()) {
      append_number(le, static_cast<double>(bounds[i]) / unit);
    } else {
      le = "+Inf";
    }
    count += totals.counts[i];
    begin("_bucket", labels, le);
    out_.append(std::to_string(count)).append("\n");
  }
  begin("_sum", labels);
  append_number(out_, static_cast<double>(totals.sum) / unit);
  out_ += '\n';
  begin("_count", labels);
  out_.append(std::to_string(count)).append("\n");
}

}  // namespace sqlbus
