// How numbers, times and lanes of a status are written.
#pragma once

#include <rapidjson/document.h>

#include <string>

namespace sqlbus {

std::string count_text(double value);
std::string decimal_text(double value);    // 4.2
std::string age_text(double seconds);      // 4.2 s, 12 min, 3 h, 5 d
std::string latency_text(double seconds);  // 0.4 ms, 123 ms, 4.2 s
// 0 busy (500), query down
std::string lanes_text(const rapidjson::Value& database);
std::string in_capitals(std::string text);

}  // namespace sqlbus
