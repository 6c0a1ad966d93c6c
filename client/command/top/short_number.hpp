// Numbers that are at most five columns wide.
#pragma once

#include <string>

namespace sqlbus {

// 999, 99999, 100k, 1.2M
std::string short_count(double value);
// 0, 0.3, 99.9, 812, 12345, 100k
std::string short_rate(double value);

}  // namespace sqlbus
