// What the driver has been asked last and what it said: in memory that a check shares with its
// parent, which tells of it where the check does not come back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sqlbus::check {

struct CallNote {
  char running[512] = {};    // the call that has not returned; empty where there is none
  char returned[3072] = {};  // the one before, with its outcome
  std::atomic<std::int64_t> cancelling_since_ms{0};  // 0 while no cancel() runs
};

// The same clock in all processes of a machine.
inline std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace sqlbus::check
