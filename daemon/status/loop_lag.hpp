// How late the event loop comes to what it has to do, looked at each second. Loop thread.
#pragma once

#include <chrono>

#include "daemon/bus_clock.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/metrics/histogram.hpp"

namespace sqlbus {

class LoopLag {
 public:
  explicit LoopLag(EventLoop& loop) : timer_(loop, [this] { look(); }) {}

  void start() {
    due_at_ = running_time() + kPeriod;
    timer_.start(kPeriod);
  }
  void stop() { timer_.stop(); }
  const TimeHistogram& times() const { return times_; }

 private:
  static constexpr std::chrono::milliseconds kPeriod{1000};

  void look() {
    const auto late = running_time() - due_at_;
    times_.observe(std::chrono::duration_cast<std::chrono::microseconds>(late).count());
    start();
  }

  std::chrono::nanoseconds due_at_{};
  TimeHistogram times_;
  Timer timer_;
};

}  // namespace sqlbus
