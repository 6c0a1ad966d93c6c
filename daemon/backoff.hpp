// How long to wait before the next try: exponential, capped, jittered, so that many daemons do not
// come back in step.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace sqlbus {

class Backoff {
 public:
  using milliseconds = std::chrono::milliseconds;

  // Between half and the whole of base, 2 base, 4 base, … cap.
  milliseconds next(milliseconds base, milliseconds cap) {
    last_ = std::min(cap, std::max(base, last_ * 2));
    const auto whole = last_.count();
    return milliseconds(
        std::uniform_int_distribution<milliseconds::rep>(whole / 2, whole)(random_));
  }
  void reset() { last_ = milliseconds::zero(); }

 private:
  milliseconds last_{};
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace sqlbus
