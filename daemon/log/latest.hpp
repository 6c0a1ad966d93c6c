// The newest value of a kind, for any thread: what nobody waits for, and somebody may ask for.
#pragma once

#include <mutex>
#include <utility>

namespace sqlbus {

template <typename T>
class Latest {
 public:
  void set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }
  T get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace sqlbus
