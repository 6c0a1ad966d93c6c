// Where the loop and a lane meet: the one place with a mutex. Values go in at one end, in order,
// and come out together at the other. A receiver with nothing to do can be stood in for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
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
      if (is_borrowed_) return;  // the receiver is told when it comes back
    }
    arrived_.notify_one();
  }

  // In place of a receiver that waits in lend(): until give_back() the caller has all that is the
  // receiver's. False where the receiver has something to do.
  bool try_borrow() {
    const std::lock_guard lock(mutex_);
    if (!is_lending_ || is_borrowed_ || !values_.empty() || is_closed_) return false;
    is_borrowed_ = true;
    return true;
  }
  // `first`: what comes before all that has gathered meanwhile.
  void give_back(std::optional<T> first = {}) {
    {
      const std::lock_guard lock(mutex_);
      is_borrowed_ = false;
      if (first) put_first(*std::move(first));
      if (values_.empty() && !is_closed_ && !is_overdue_) return;
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
    return wait(lock, until);
  }

  // The same; meanwhile another thread may borrow what is the receiver's.
  std::vector<T> lend(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    is_lending_ = true;
    auto values = wait(lock, until);
    is_lending_ = false;
    return values;
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

  bool is_empty() const {
    const std::lock_guard lock(mutex_);
    return values_.empty();
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return is_closed_;
  }

 private:
  // Values are moved to new places, and never assigned to each other.
  void put_first(T value) {
    std::vector<T> values;
    values.reserve(values_.size() + 1);
    values.push_back(std::move(value));
    for (auto& behind : values_) values.push_back(std::move(behind));
    values_ = std::move(values);
  }

  std::vector<T> wait(std::unique_lock<std::mutex>& lock,
                      std::chrono::steady_clock::time_point until) {
    const auto is_awaited = [this] { return !is_borrowed_ && (!values_.empty() || is_closed_); };
    // A far time point is not passed on: wait_until would overflow with it.
    if (until == std::chrono::steady_clock::time_point::max()) {
      arrived_.wait(lock, is_awaited);
    } else if (!arrived_.wait_until(lock, until, is_awaited)) {
      is_overdue_ = true;
      arrived_.wait(lock, [this] { return !is_borrowed_; });
      is_overdue_ = false;
    }
    return std::exchange(values_, {});
  }

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<T> values_;
  bool is_closed_ = false;
  bool is_lending_ = false;  // the receiver waits in lend()
  bool is_borrowed_ = false;
  bool is_overdue_ = false;  // the receiver's time has passed while it was borrowed from
};

}  // namespace sqlbus
