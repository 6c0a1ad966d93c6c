// Tells threads to end; they pause on it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sqlbus::chaos {

class StopBell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    has_rung_ = true;
    rung_.notify_all();
  }
  bool has_rung() {
    const std::lock_guard lock(mutex_);
    return has_rung_;
  }
  // True once it has rung; false after the pause.
  bool pause(std::chrono::milliseconds length) {
    std::unique_lock lock(mutex_);
    return rung_.wait_for(lock, length, [this] { return has_rung_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  bool has_rung_ = false;
};

}  // namespace sqlbus::chaos
