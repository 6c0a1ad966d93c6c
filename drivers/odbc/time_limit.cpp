#include "drivers/odbc/time_limit.hpp"

namespace sqlbus::odbc {
namespace {

// A cancel that came a moment before the statement did is repeated.
constexpr std::chrono::milliseconds kAgain{50};

}  // namespace

TimeLimit::~TimeLimit() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TimeLimit::arm() {
  if (limit_ == std::chrono::milliseconds{0}) return;
  {
    const std::lock_guard lock(mutex_);
    at_ = Clock::now() + limit_;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { watch(); });
  changed_.notify_one();
}

void TimeLimit::disarm() {
  const std::lock_guard lock(mutex_);
  at_.reset();
}

void TimeLimit::watch() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    if (!at_) {
      changed_.wait(lock);
    } else if (Clock::now() < *at_) {
      const auto at = *at_;
      changed_.wait_until(lock, at);
    } else {
      at_ = Clock::now() + kAgain;
      lock.unlock();
      cancel_();
      lock.lock();
    }
  }
}

}  // namespace sqlbus::odbc
