// How long the requests of one database have taken lately, for its status. Loop thread.
#pragma once

#include <chrono>

#include "daemon/metrics/lane_metrics.hpp"
#include "daemon/metrics/recent.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {

class Latencies {
 public:
  // As one object: over the last one to two minutes, in seconds; without times where nothing came.
  void write(JsonWriter& json, const LaneMetricsPool& lanes, std::chrono::nanoseconds now);

 private:
  Recent queued_;
  Recent executed_;
  Recent total_;
};

}  // namespace sqlbus
