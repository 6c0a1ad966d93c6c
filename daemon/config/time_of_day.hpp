// A time of day as the file has it: 23:59:59, or 23:59.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sqlbus {

// Since midnight; nothing where the text is no time of day.
std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text);

// The first moment after `from` at which the local clock shows it.
std::chrono::system_clock::time_point next_time_of_day(std::chrono::system_clock::time_point from,
                                                       std::chrono::seconds since_midnight);

}  // namespace sqlbus
