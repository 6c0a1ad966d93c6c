// The names of log files that were renamed: sqlbus.log.20260131-235959, and where that is taken
// sqlbus.log.20260131-235959-001.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus {

// A name for `path` that is not taken; nothing where a second has no more of them. Local time.
std::optional<std::string> rotated_name(const std::string& path,
                                        std::chrono::system_clock::time_point time);

// Whether `name` is one that rotated_name() gives to a file of this name.
bool is_rotated_name(std::string_view file, std::string_view name);

// Deletes the oldest of those beyond `keep`, by their names, and nothing else.
Status remove_rotated(const std::string& path, std::size_t keep);

}  // namespace sqlbus
