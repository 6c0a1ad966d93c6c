// Time that has passed, and time that was spent.
#pragma once

#include <chrono>
#include <ctime>

namespace sqlbus::bench {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double micros() const { return seconds() * 1e6; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Processor time of the thread that makes and asks it, in user and kernel mode.
class CpuStopwatch {
 public:
  double micros() const { return now() - start_; }

 private:
  static double now() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
  }

  double start_ = now();
};

}  // namespace sqlbus::bench
