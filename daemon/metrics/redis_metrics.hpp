// What one connection to Redis counts, over all the times that it was made anew. Loop thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/metrics/counter.hpp"
#include "daemon/metrics/histogram.hpp"

namespace sqlbus {

// By what an operator would ask for.
enum class RedisCommandKind : std::uint8_t { kClaim, kSettle, kRenew, kOther };
inline constexpr std::array<std::string_view, 4> kRedisCommandKinds = {"claim", "settle", "renew",
                                                                       "other"};

struct RedisMetrics {
  Counter connects;
  Counter losses;  // and tries to connect that failed
  Counter sent_bytes;
  Counter received_bytes;
  // From the sending of a command to its answer; without those that wait in Redis by themselves.
  std::array<TimeHistogram, kRedisCommandKinds.size()> times;
};

}  // namespace sqlbus
