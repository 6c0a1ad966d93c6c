// A time as people write it: 500ms, 30s, 5m, 1h, 7d.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sqlbus {

// Nothing where it is none, is not above zero or has no unit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace sqlbus
