// What a histogram has counted lately, and where its quantiles lie. Loop thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "daemon/metrics/histogram.hpp"

namespace sqlbus {

// Below this value, in the unit of the bounds, lies this part of all, by straight lines within
// buckets; what lies beyond the last bound counts as that. Zero where nothing was counted.
double quantile(const HistogramTotals& totals, std::span<const std::int64_t> bounds, double part);

class Recent {
 public:
  static constexpr std::chrono::seconds kPeriod{60};

  // all: what has been counted ever. Returns what came in the last one to two periods, where it is
  // asked at least once in each.
  HistogramTotals of(HistogramTotals all, std::chrono::nanoseconds now);

 private:
  HistogramTotals before_;  // when the period before this one began
  HistogramTotals since_;   // when this one did
  std::chrono::nanoseconds turned_at_{};
};

}  // namespace sqlbus
