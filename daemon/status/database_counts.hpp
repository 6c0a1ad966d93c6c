// What is counted of one database, over all the lanes that it has had. Loop thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/metrics/lane_metrics.hpp"
#include "daemon/settlement/outcome.hpp"

namespace sqlbus {

struct DatabaseCounts {
  // In what way requests came back from the lanes.
  enum class End : std::uint8_t { kOk, kDuplicate, kFailed, kDiverted, kUntouched };
  static constexpr std::array<std::string_view, 5> kEnds = {"ok", "duplicate", "failed", "diverted",
                                                            "untouched"};

  LaneMetricsPool lanes;
  std::array<std::uint64_t, kEnds.size()> ended{};

  void count(const Outcome& outcome) { ++ended[static_cast<std::size_t>(end_of(outcome))]; }
  std::uint64_t operator[](End end) const { return ended[static_cast<std::size_t>(end)]; }

 private:
  static End end_of(const Outcome& outcome) {
    if (outcome.kind == Outcome::Kind::kUntouched) return End::kUntouched;
    if (!outcome.waiting_database.empty()) return End::kDiverted;
    if (outcome.is_duplicate) return End::kDuplicate;
    const bool is_ok = outcome.error == ErrorId::kOk || outcome.error == ErrorId::kNotFound;
    return is_ok ? End::kOk : End::kFailed;
  }
};

}  // namespace sqlbus
