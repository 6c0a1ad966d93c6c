// The pauses between tries to reach a Redis.
#pragma once

#include <chrono>
#include <optional>
#include <random>

namespace sqlbus {

class Backoff {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Waits before the next try, longer each time; false, and at once, where that would last until
  // `end`.
  [[nodiscard]] bool pause_before(TimePoint end);

 private:
  std::chrono::duration<double, std::milli> pause_{20};
  std::optional<std::minstd_rand> random_;
};

}  // namespace sqlbus
