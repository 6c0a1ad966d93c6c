// The time by the clock of Redis, which DEADLINE goes by, without asking for it each time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "protocol/clock.hpp"

namespace sqlbus {

class ServerClock {
 public:
  // Another connection may lead to another server; and clocks drift apart.
  bool is_known(std::uint64_t connection) const {
    return asked_at_ && connection == connection_ &&
           std::chrono::steady_clock::now() - *asked_at_ < std::chrono::minutes{1};
  }
  void set(EpochTime time, std::uint64_t connection) {
    time_ = time;
    connection_ = connection;
    asked_at_ = std::chrono::steady_clock::now();
  }
  // Only where it is known.
  EpochTime now() const {
    using std::chrono::microseconds;
    return time_ +
           std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - *asked_at_);
  }

 private:
  EpochTime time_{};
  std::optional<std::chrono::steady_clock::time_point> asked_at_;
  std::uint64_t connection_ = 0;
};

}  // namespace sqlbus
