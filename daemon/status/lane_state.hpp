// In one word, how a lane is.
#pragma once

#include <array>
#include <string_view>

#include "daemon/router/router.hpp"

namespace sqlbus {

inline constexpr std::array<std::string_view, 4> kLaneStates = {"connecting", "idle", "busy",
                                                                "down"};

inline std::string_view state_of(const Router::LaneView& lane) {
  if (lane.reach == Lane::Reach::kUnknown) return kLaneStates[0];
  if (lane.reach == Lane::Reach::kDown) return kLaneStates[3];
  return lane.requests == 0 ? kLaneStates[1] : kLaneStates[2];
}

}  // namespace sqlbus
