#include "client/library/backoff.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace sqlbus {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::duration<double, std::milli> kLongest{500};

}  // namespace

bool Backoff::pause_before(TimePoint end) {
  const auto now = steady_clock::now();
  if (!random_) {
    random_.emplace(
        static_cast<std::minstd_rand::result_type>(now.time_since_epoch().count() ^ getpid()));
  }
  // Up to twice as long, so that callers who lost the same server do not come back as one.
  const auto pause = pause_ * std::uniform_real_distribution<double>(1, 2)(*random_);
  pause_ = std::min(pause_ * 2, kLongest);
  const auto until = now + std::chrono::duration_cast<steady_clock::duration>(pause);
  if (until >= end) return false;
  std::this_thread::sleep_until(until);
  return true;
}

}  // namespace sqlbus
