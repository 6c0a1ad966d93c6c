// What the lanes of a database count, each for itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "daemon/metrics/counter.hpp"
#include "daemon/metrics/histogram.hpp"

namespace sqlbus {

// One lane's: written by whoever has the lane's session, read by the loop.
struct LaneMetrics {
  SizeHistogram group_size;  // requests in a transaction that was committed
  TimeHistogram queued;      // from TIMESTAMP to the beginning
  TimeHistogram executed;    // in the database
  TimeHistogram total;       // from TIMESTAMP to the end
  Counter retries;           // groups, or requests alone, that will be run again
  Counter connects;
  Counter losses;       // of a connection, and tries to make one that failed
  Counter unprotected;  // statements outside the ledger's protection

  struct Times {
    std::chrono::microseconds queued;
    std::chrono::microseconds executed;
    std::chrono::microseconds total;
  };
  void observe(const Times& times) {
    queued.observe(times.queued.count());
    executed.observe(times.executed.count());
    total.observe(times.total.count());
  }
};

// All lanes that a database has had. Loop thread.
class LaneMetricsPool {
 public:
  // Shared with the lane for as long as its thread may write. Afterwards another lane goes on with
  // them, so that a reload costs no memory and no count is lost.
  std::shared_ptr<LaneMetrics> lend() {
    for (const auto& each : all_) {
      if (each.use_count() == 1) return each;
    }
    return all_.emplace_back(std::make_shared<LaneMetrics>());
  }
  template <typename Member>
  HistogramTotals totals(Member LaneMetrics::*histogram) const {
    HistogramTotals totals;
    Member().add_to(totals);  // as many buckets as it has, also without a lane
    for (const auto& each : all_) (*each.*histogram).add_to(totals);
    return totals;
  }
  std::uint64_t sum(Counter LaneMetrics::*counter) const {
    std::uint64_t sum = 0;
    for (const auto& each : all_) sum += (*each.*counter).value();
    return sum;
  }

 private:
  std::vector<std::shared_ptr<LaneMetrics>> all_;
};

}  // namespace sqlbus
