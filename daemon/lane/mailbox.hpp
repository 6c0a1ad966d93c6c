// Where the loop and a lane meet: the one place with a mutex. Values go in at one end, in order,
// and come out together at the other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace sqlbus {

template <typename T>
class Mailbox {
 public:
  void put(T value) {
    {
      const std::lock_guard lock(mutex_);
      values_.push_back(std::move(value));
    }
    arrived_.notify_one();
  }

  void put_all(std::vector<T> values) {
    {
      const std::lock_guard lock(mutex_);
      if (values_.empty()) {
        values_ = std::move(values);
      } else {
        for (auto& value : values) values_.push_back(std::move(value));
      }
    }
    arrived_.notify_one();
  }

  // All that has gathered; empty where nothing has.
  std::vector<T> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(values_, {});
  }

  // Waits until something is there, the box is closed, or the time has passed.
  std::vector<T> wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    const auto is_awaited = [this] { return !values_.empty() || is_closed_; };
    // A far time point is not passed on: wait_until would overflow with it.
    if (until == std::chrono::steady_clock::time_point::max()) {
      arrived_.wait(lock, is_awaited);
    } else {
      arrived_.wait_until(lock, until, is_awaited);
    }
    return std::exchange(values_, {});
  }

  // Waits until the box is closed or the time has passed; for a receiver that needs a rest.
  void rest(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, time, [this] { return is_closed_; });
  }

  // Nothing more will come; the receiver is to finish.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    arrived_.notify_all();
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return is_closed_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<T> values_;
  bool is_closed_ = false;
};

}  // namespace sqlbus
