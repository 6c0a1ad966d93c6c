#include "daemon/status/latencies.hpp"

#include <string>
#include <string_view>

namespace sqlbus {
namespace {

void write_quantiles(JsonWriter& json, std::string_view what, const HistogramTotals& totals) {
  const auto write = [&](std::string_view name, double part) {
    json.name(std::string(what).append(name));
    json.number(quantile(totals, TimeHistogram::bounds(), part) / kMicroseconds);
  };
  write("_p50_s", 0.50);
  write("_p99_s", 0.99);
}

}  // namespace

void Latencies::write(JsonWriter& json, const LaneMetricsPool& lanes,
                      std::chrono::nanoseconds now) {
  const auto queued = queued_.of(lanes.totals(&LaneMetrics::queued), now);
  const auto executed = executed_.of(lanes.totals(&LaneMetrics::executed), now);
  const auto total = total_.of(lanes.totals(&LaneMetrics::total), now);
  json.name("latency").open(JsonContainer::kObject);
  json.name("requests").integer(static_cast<std::int64_t>(total.count()));
  if (total.count() > 0) {
    write_quantiles(json, "queued", queued);
    write_quantiles(json, "executed", executed);
    write_quantiles(json, "total", total);
  }
  json.close(JsonContainer::kObject);
}

}  // namespace sqlbus
