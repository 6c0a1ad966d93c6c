#include "daemon/metrics/histogram.hpp"

#include <doctest/doctest.h>

#include "daemon/metrics/lane_metrics.hpp"
#include "daemon/metrics/recent.hpp"

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

TEST_CASE("a quantile lies within the bucket that holds it") {
  TimeHistogram times;
  HistogramTotals none;
  times.add_to(none);
  CHECK(quantile(none, TimeHistogram::bounds(), 0.5) == 0);
  for (int i = 0; i < 98; ++i) times.observe(200);
  times.observe(900);
  times.observe(400000000);  // beyond the last bound
  HistogramTotals totals;
  times.add_to(totals);
  const auto at = [&](double part) { return quantile(totals, TimeHistogram::bounds(), part); };
  CHECK(at(0.49) == doctest::Approx(175));  // half of what lies between 100 and 250
  CHECK(at(0.98) == doctest::Approx(250));
  CHECK(at(0.985) == doctest::Approx(750));
  CHECK(at(1) == 300000000);
}

TEST_CASE("what is recent is one to two minutes old, and nothing older") {
  using std::chrono::seconds;
  TimeHistogram times;
  Recent recent;
  const auto count_at = [&](seconds now) {
    HistogramTotals all;
    times.add_to(all);
    return recent.of(all, now).count();
  };
  CHECK(count_at(seconds(1000)) == 0);
  times.observe(1);
  CHECK(count_at(seconds(1030)) == 1);
  CHECK(count_at(seconds(1061)) == 1);
  times.observe(1);
  CHECK(count_at(seconds(1100)) == 2);
  CHECK(count_at(seconds(1122)) == 1);  // the first is of the minute before the last
  CHECK(count_at(seconds(1183)) == 0);
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
