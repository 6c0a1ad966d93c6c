#include "daemon/metrics/recent.hpp"

#include <cstddef>
#include <utility>

namespace sqlbus {

double quantile(const HistogramTotals& totals, std::span<const std::int64_t> bounds, double part) {
  const auto rank = part * static_cast<double>(totals.count());
  if (rank <= 0) return 0;
  double below = 0;
  for (std::size_t i = 0; i < totals.counts.size() && i < bounds.size(); ++i) {
    const auto count = static_cast<double>(totals.counts[i]);
    if (below + count >= rank) {
      const auto low = i == 0 ? 0.0 : static_cast<double>(bounds[i - 1]);
      const auto high = static_cast<double>(bounds[i]);
      return low + (high - low) * (rank - below) / count;
    }
    below += count;
  }
  return static_cast<double>(bounds.back());
}

HistogramTotals Recent::of(HistogramTotals all, std::chrono::nanoseconds now) {
  if (turned_at_.count() == 0) turned_at_ = now;
  if (now - turned_at_ >= kPeriod) {
    before_ = std::exchange(since_, all);
    turned_at_ = now;
  }
  for (std::size_t i = 0; i < before_.counts.size(); ++i) all.counts[i] -= before_.counts[i];
  all.sum -= before_.sum;
  return all;
}

}  // namespace sqlbus
