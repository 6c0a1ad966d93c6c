// Waiting for a condition with a limit: the only way in which tests wait.
#pragma once

#include <chrono>
#include <thread>

namespace sqlbus::test {

// True as soon as `condition` is; false when it was not within the limit.
template <typename Condition>
[[nodiscard]] bool eventually(Condition condition,
                              std::chrono::milliseconds limit = std::chrono::seconds{10}) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

}  // namespace sqlbus::test
