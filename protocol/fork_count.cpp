#include "protocol/fork_count.hpp"

#include <pthread.h>

#include <atomic>

namespace sqlbus {
namespace {

// Process-wide state, because a fork is a matter of the process.
std::atomic<std::uint64_t> forks{0};

}  // namespace

bool watch_forks() {
  static const bool is_watched = [] {
    const auto on_child = [] { forks.fetch_add(1, std::memory_order_relaxed); };
    return pthread_atfork(nullptr, nullptr, on_child) == 0;
  }();
  return is_watched;
}

std::uint64_t fork_count() { return forks.load(std::memory_order_relaxed); }

}  // namespace sqlbus
