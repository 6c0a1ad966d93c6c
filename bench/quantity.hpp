// One measured quantity: the limit, the bus, their ratio, and what the ratio is to be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/samples.hpp"

namespace sqlbus::bench {

// What is asked of the median.
struct Target {
  enum class Kind : std::uint8_t { kNone, kRatioAtLeast, kRatioAtMost, kBusAtMost };

  Kind kind = Kind::kNone;
  double value = 0;

  static Target ratio_at_least(double value) { return {Kind::kRatioAtLeast, value}; }
  static Target ratio_at_most(double value) { return {Kind::kRatioAtMost, value}; }
  static Target bus_at_most(double value) { return {Kind::kBusAtMost, value}; }
};

struct Quantity {
  std::string name;
  std::string unit;
  std::string limit_name;  // what the bus is measured against; empty: nothing
  Target target = {};
  int decimals = 0;
  Samples limit = {};
  Samples bus = {};
  Samples ratio = {};  // bus to limit, of each round

  void add(double of_limit, double of_bus) {
    limit.add(of_limit);
    bus.add(of_bus);
    ratio.add(of_bus / of_limit);
  }
  // Nothing where nothing is asked or nothing was measured.
  std::optional<bool> is_met() const;
  std::string target_text() const;
};

}  // namespace sqlbus::bench
