// How often a value fell into which bucket. One thread at a time observes, any thread reads.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "daemon/metrics/counter.hpp"

namespace sqlbus {

// What several histograms of one kind have counted together.
struct HistogramTotals {
  std::vector<std::uint64_t> counts{};  // by bucket, each without those below it
  std::uint64_t sum = 0;

  std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const auto each : counts) all += each;
    return all;
  }
};

// Upper ends of the buckets, which belong to them; beyond the last one there is one more.
inline constexpr std::array<std::int64_t, 19> kTimeBoundsUs = {
    100,    250,    500,     1000,    2500,    5000,     10000,    25000,    50000,    100000,
    250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000, 60000000, 300000000};
inline constexpr std::array<std::int64_t, 12> kSizeBounds = {1,   2,   5,   10,   25,   50,
                                                             100, 250, 500, 1000, 2500, 5000};

template <const auto& kBounds>
class Histogram {
 public:
  static constexpr std::span<const std::int64_t> bounds() { return kBounds; }

  // Of less than zero, since clocks differ: zero.
  void observe(std::int64_t value) {
    const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), value) - kBounds.begin();
    counts_[static_cast<std::size_t>(bucket)].add();
    sum_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
  }
  void add_to(HistogramTotals& totals) const {
    totals.counts.resize(counts_.size());
    for (std::size_t i = 0; i < counts_.size(); ++i) totals.counts[i] += counts_[i].value();
    totals.sum += sum_.value();
  }

 private:
  std::array<Counter, kBounds.size() + 1> counts_;
  Counter sum_;
};

using TimeHistogram = Histogram<kTimeBoundsUs>;  // of microseconds
inline constexpr double kMicroseconds = 1e6;     // of a second
using SizeHistogram = Histogram<kSizeBounds>;

}  // namespace sqlbus
