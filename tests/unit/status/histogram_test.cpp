#include "daemon/metrics/histogram.hpp"

#include <doctest/doctest.h>

#include "daemon/metrics/lane_metrics.hpp"

namespace sqlbus {

TEST_CASE("a value falls into the bucket whose end it does not exceed") {
  SizeHistogram sizes;
  for (const std::int64_t size : {1, 2, 3, 5, 6, 5000, 5001}) sizes.observe(size);
  HistogramTotals totals;
  sizes.add_to(totals);
  REQUIRE(totals.counts.size() == kSizeBounds.size() + 1);
  CHECK(totals.counts[0] == 1);  // up to 1
  CHECK(totals.counts[1] == 1);  // up to 2
  CHECK(totals.counts[2] == 2);  // up to 5
  CHECK(totals.counts[3] == 1);  // up to 10
  CHECK(totals.counts[kSizeBounds.size() - 1] == 1);
  CHECK(totals.counts[kSizeBounds.size()] == 1);
  CHECK(totals.count() == 7);
  CHECK(totals.sum == 1 + 2 + 3 + 5 + 6 + 5000 + 5001);
}

TEST_CASE("a time below zero, since clocks differ, counts as none") {
  TimeHistogram times;
  times.observe(-5000000);
  HistogramTotals totals;
  times.add_to(totals);
  CHECK(totals.counts[0] == 1);
  CHECK(totals.sum == 0);
}

TEST_CASE("what lanes have counted stays when they go, and the next ones go on with it") {
  LaneMetricsPool pool;
  CHECK(pool.totals(&LaneMetrics::group_size).count() == 0);
  CHECK(pool.totals(&LaneMetrics::group_size).counts.size() == kSizeBounds.size() + 1);
  auto first = pool.lend();
  auto second = pool.lend();
  REQUIRE(first != second);
  first->connects.add();
  second->connects.add(2);
  first->group_size.observe(3);
  second->group_size.observe(300);
  CHECK(pool.sum(&LaneMetrics::connects) == 3);
  const auto* const was_first = first.get();
  first.reset();
  CHECK(pool.sum(&LaneMetrics::connects) == 3);
  const auto third = pool.lend();
  CHECK(third.get() == was_first);
  third->connects.add();
  CHECK(pool.sum(&LaneMetrics::connects) == 4);
  CHECK(pool.totals(&LaneMetrics::group_size).sum == 303);
}

}  // namespace sqlbus
