#include "bench/samples.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace sqlbus::bench {

double Samples::percentile(double percent) const {
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
  return sorted.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
}

std::string Samples::text(int decimals) const {
  if (is_empty()) return "";
  std::string text = number_text(median(), decimals);
  if (values_.size() == 1) return text;
  text += " (" + number_text(min(), decimals);
  return text + " to " + number_text(max(), decimals) + ")";
}

std::string number_text(double value, int decimals) {
  std::array<char, 64> digits{};
  const int size = std::snprintf(digits.data(), digits.size(), "%.*f", decimals, value);
  std::string text(digits.data(), static_cast<std::size_t>(size));
  const std::size_t end = std::min(text.find('.'), text.size());
  for (std::size_t at = end; at > 3 && text[at - 4] != '-'; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace sqlbus::bench
