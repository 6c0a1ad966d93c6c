#include "client/command/top/short_number.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sqlbus {
namespace {

std::string formatted(const char* format, double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace

std::string short_count(double value) {
  value = std::max(0.0, value);
  if (value < 99999.5) return formatted("%.0f", value);
  constexpr std::array<char, 4> kUnits = {'k', 'M', 'G', 'T'};
  std::size_t unit = 0;
  value /= 1000;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return formatted(value < 9.95 ? "%.1f" : "%.0f", value) + kUnits[unit];
}

std::string short_rate(double value) {
  if (value > 0.04 && value < 99.95) return formatted("%.1f", value);
  return short_count(value);
}

}  // namespace sqlbus
