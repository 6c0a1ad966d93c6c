// The clock of the Redis server, carried on between its answers by a local clock that never jumps.
// Set by the loop, read by any thread.
#pragma once

#include <ctime>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "protocol/clock.hpp"

namespace sqlbus {

// Nanoseconds of CLOCK_BOOTTIME: goes on while the machine sleeps, as leases in Redis do.
inline std::chrono::nanoseconds boot_time() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// That of timers: stands still while the machine sleeps, so that nothing is overdue afterwards.
inline std::chrono::nanoseconds running_time() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

// Since a running_time(), to the millisecond.
inline double seconds_since(std::chrono::nanoseconds moment) {
  const auto time = running_time() - moment;
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) /
         1000.0;
}

class BusClock {
 public:
  BusClock() {
    set(std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
  }

  void set(EpochTime now) {
    offset_us_.store((now.time_since_epoch() - local()).count(), std::memory_order_relaxed);
  }
  EpochTime now() const {
    return EpochTime(local() +
                     std::chrono::microseconds(offset_us_.load(std::memory_order_relaxed)));
  }

 private:
  static std::chrono::microseconds local() {
    return std::chrono::duration_cast<std::chrono::microseconds>(boot_time());
  }

  std::atomic<std::int64_t> offset_us_;
};

}  // namespace sqlbus
