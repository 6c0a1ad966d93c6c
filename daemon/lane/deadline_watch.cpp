#include "daemon/lane/deadline_watch.hpp"

#include <algorithm>

namespace sqlbus {
namespace {

using std::chrono::steady_clock;

// A DEADLINE may be thousands of years away, which nanoseconds do not count.
constexpr std::chrono::hours kLongest{24 * 365};
// A cancel that came a moment before the statement did is repeated.
constexpr std::chrono::milliseconds kAgain{50};

}  // namespace

DeadlineWatch::~DeadlineWatch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void DeadlineWatch::arm(TimePoint at) {
  {
    const std::lock_guard lock(mutex_);
    at_ = at;
    has_fired_ = false;
  }
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { run(); });
  } else {
    changed_.notify_one();
  }
}

void DeadlineWatch::disarm() {
  const std::lock_guard lock(mutex_);
  at_.reset();
}

void DeadlineWatch::run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    if (!at_) {
      changed_.wait(lock);
      continue;
    }
    if (steady_clock::now() < *at_) {
      const auto at = *at_;
      changed_.wait_until(lock, at);
      continue;
    }
    at_ = steady_clock::now() + kAgain;
    has_fired_ = true;
    lock.unlock();
    cancel_();
    lock.lock();
  }
}

DeadlineWatch::Guard::Guard(DeadlineWatch& watch, std::optional<EpochTime> deadline,
                            const BusClock& clock) {
  if (!deadline) return;
  watch_ = &watch;
  const auto left = std::min<std::chrono::microseconds>(*deadline - clock.now(), kLongest);
  watch.arm(steady_clock::now() + left);
}

DeadlineWatch::Guard::~Guard() {
  if (watch_ != nullptr) watch_->disarm();
}

}  // namespace sqlbus
