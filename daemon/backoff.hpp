// How long to wait before the next try: exponential, capped, jittered, so that many daemons do not
// come back in step.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace sqlbus {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap)
      : base_(base), cap_(cap), next_(base), random_(std::random_device{}()) {}

  // Between half and the whole of base, 2 base, 4 base, … cap.
  std::chrono::milliseconds next() {
    const auto whole = std::exchange(next_, std::min(cap_, next_ * 2)).count();
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::chrono::milliseconds::rep>(whole / 2, whole)(random_));
  }
  void reset() { next_ = base_; }

 private:
  std::chrono::milliseconds base_;
  std::chrono::milliseconds cap_;
  std::chrono::milliseconds next_;
  std::mt19937 random_;
};

}  // namespace sqlbus
