// Writes metrics as Prometheus reads them: the text format, version 0.0.4.
//
// A registry of its own is not needed: the parts count for themselves, in numbers that cost their
// threads a few nanoseconds, and are asked when somebody wants to know. A library's registry
// (prometheus-cpp) would lock a mutex for each observation of a histogram, and keep every number a
// second time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "daemon/metrics/histogram.hpp"
#include "daemon/metrics/metric_table.hpp"

namespace sqlbus {

struct MetricLabel {
  std::string_view name;
  std::string_view value;
};
using MetricLabels = std::initializer_list<MetricLabel>;

class Exposition {
 public:
  explicit Exposition(std::string& out) : out_(out) {}

  // Begins a family; its samples follow, one for each set of labels.
  void family(Metric metric);
  void sample(MetricLabels labels, std::uint64_t value);
  void sample(MetricLabels labels, double value);
  void sample(MetricLabels labels, bool value) { sample(labels, std::uint64_t{value ? 1U : 0U}); }
  // `unit`: how many of what was observed make one of what is told, 1e6 for microseconds.
  void histogram(MetricLabels labels, const HistogramTotals& totals,
                 std::span<const std::int64_t> bounds, double unit);
  // A family with one sample and no label.
  template <typename Value>
  void lone(Metric metric, Value value) {
    family(metric);
    sample({}, value);
  }

 private:
  void begin(std::string_view suffix, MetricLabels labels, std::string_view le = {});

  std::string& out_;
  std::string_view name_;
};

}  // namespace sqlbus
