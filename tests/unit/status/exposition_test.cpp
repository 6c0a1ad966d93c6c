#include "daemon/metrics/exposition.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <string>

namespace sqlbus {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == text.npos;
}

}  // namespace

TEST_CASE("a family has its help, its kind and its samples") {
  std::string text;
  Exposition page(text);
  page.family(Metric::kQueueDepth);
  page.sample({{"queue", "a"}}, std::uint64_t{5});
  page.sample({{"queue", "b"}}, std::uint64_t{0});
  page.lone(Metric::kReady, true);
  CHECK(text ==
        "# HELP sqlbus_queue_depth Requests in the queue, not claimed.\n"
        "# TYPE sqlbus_queue_depth gauge\n"
        "sqlbus_queue_depth{queue=\"a\"} 5\n"
        "sqlbus_queue_depth{queue=\"b\"} 0\n"
        "# HELP sqlbus_ready 1 where /readyz says 200: Redis and the default database are "
        "reachable.\n"
        "# TYPE sqlbus_ready gauge\n"
        "sqlbus_ready 1\n");
}

TEST_CASE("quotes, backslashes and line ends of a label's value are escaped") {
  std::string text;
  Exposition page(text);
  page.family(Metric::kQueueDepth);
  text.clear();
  page.sample({{"queue", "a\"b\\c\nd"}}, std::uint64_t{1});
  CHECK(text == "sqlbus_queue_depth{queue=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST_CASE("numbers are written plainly, and what is no number as Prometheus has it") {
  std::string text;
  Exposition page(text);
  page.family(Metric::kQueueOldestAge);
  text.clear();
  page.sample({}, 0.0001);
  page.sample({}, 1e15);
  page.sample({}, std::numeric_limits<double>::infinity());
  page.sample({}, std::numeric_limits<double>::quiet_NaN());
  CHECK(text ==
        "sqlbus_queue_oldest_age_seconds 0.0001\n"
        "sqlbus_queue_oldest_age_seconds 1000000000000000\n"
        "sqlbus_queue_oldest_age_seconds +Inf\n"
        "sqlbus_queue_oldest_age_seconds NaN\n");
}

TEST_CASE("the buckets of a histogram add up, and end with all") {
  SizeHistogram sizes;
  for (const std::int64_t size : {1, 1, 7, 9000}) sizes.observe(size);
  HistogramTotals totals;
  sizes.add_to(totals);
  std::string text;
  Exposition page(text);
  page.family(Metric::kGroupSize);
  page.histogram({{"database", "d"}}, totals, SizeHistogram::bounds(), 1);
  const auto has = [&](std::string_view line) {
    CAPTURE(line);
    CHECK(text.find(std::string("sqlbus_group_size_requests") + std::string(line) + "\n") !=
          text.npos);
  };
  has("_bucket{database=\"d\",le=\"1\"} 2");
  has("_bucket{database=\"d\",le=\"5\"} 2");
  has("_bucket{database=\"d\",le=\"10\"} 3");
  has("_bucket{database=\"d\",le=\"5000\"} 3");
  has("_bucket{database=\"d\",le=\"+Inf\"} 4");
  has("_sum{database=\"d\"} 9009");
  has("_count{database=\"d\"} 4");
}

TEST_CASE("the table's names keep Prometheus' rules, and are each there once") {
  std::set<std::string_view> names;
  for (const auto& row : metric_table()) {
    CAPTURE(row.name);
    CHECK(is_name(row.name));
    CHECK((row.name.starts_with("sqlbus_") || row.name.starts_with("process_")));
    CHECK(names.insert(row.name).second);
    CHECK(row.name.ends_with("_total") == (row.kind == MetricKind::kCounter));
    CHECK(row.name.find("_ms") == row.name.npos);
    CHECK(row.help.ends_with('.'));
  }
}

}  // namespace sqlbus
