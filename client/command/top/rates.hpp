// What happens in a second, from the differences between looks at one queue.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "client/command/top/queue_sample.hpp"

namespace sqlbus {

struct QueueRates {
  struct Database {
    double done = 0, failed = 0;
  };

  // Nothing until two looks tell. What came in is what was claimed and what the queue has grown by.
  std::optional<double> in, out;
  std::map<std::string, Database> databases;
};

class RateMeter {
 public:
  // A daemon tells its numbers only as often as it renews its lease: between two tellings the rates
  // stay as they are.
  const QueueRates& observe(const QueueSample& sample);
  const QueueRates& rates() const { return rates_; }

 private:
  std::optional<QueueSample> base_;
  QueueRates rates_;
};

}  // namespace sqlbus
