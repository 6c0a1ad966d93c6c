// How much is done in a second, over the time since it was asked last.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>

namespace sqlbus {

class Rate {
 public:
  // Whoever asks again within a moment is told the same.
  double per_second(std::uint64_t count, std::chrono::nanoseconds now) {
    const auto time = now - seen_at_;
    if (time < kShortest) return rate_;
    const auto seconds = std::chrono::duration<double>(time).count();
    const bool is_first = seen_at_.count() == 0;
    rate_ = is_first ? 0 : std::round(static_cast<double>(count - count_) / seconds * 10) / 10;
    count_ = count;
    seen_at_ = now;
    return rate_;
  }

 private:
  static constexpr std::chrono::seconds kShortest{1};

  std::uint64_t count_ = 0;
  std::chrono::nanoseconds seen_at_{};
  double rate_ = 0;
};

}  // namespace sqlbus
