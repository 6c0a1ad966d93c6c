// How long this instance may still act for a queue. Written by the loop, read by lanes.
#pragma once

#include <atomic>
#include <chrono>

#include "daemon/bus_clock.hpp"

namespace sqlbus {

// Redis gives the queue to another when the lease has run out there. The lease here began when the
// last good renewal was *sent*, and ends a margin early, so that it never ends later than there.
class Lease {
 public:
  void renewed(std::chrono::nanoseconds sent_at, std::chrono::milliseconds length) {
    const std::chrono::nanoseconds margin = length / 5;
    valid_until_ns_.store((sent_at + length - margin).count(), std::memory_order_release);
  }
  void end() { valid_until_ns_.store(0, std::memory_order_release); }

  std::chrono::nanoseconds remaining() const {
    return std::chrono::nanoseconds(valid_until_ns_.load(std::memory_order_acquire)) - boot_time();
  }
  bool is_valid() const { return remaining().count() > 0; }

 private:
  std::atomic<std::int64_t> valid_until_ns_{0};
};

}  // namespace sqlbus
