// A number that one thread at a time counts up and any thread reads.
#pragma once

#include <atomic>
#include <cstdint>

namespace sqlbus {

// With one writer there is nothing to lock: on the machine this is an addition in memory.
class Counter {
 public:
  void add(std::uint64_t count = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace sqlbus
