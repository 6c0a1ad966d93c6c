#include "client/command/status_text.hpp"

#include <algorithm>
#include <cstdio>

#include "client/command/status_json.hpp"

namespace sqlbus {

using namespace status_json;  // NOLINT(google-build-using-namespace)

std::string count_text(double value) { return std::to_string(static_cast<long long>(value)); }

std::string decimal_text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string age_text(double seconds) {
  seconds = std::max(seconds, 0.0);
  if (seconds < 120) return decimal_text(seconds) + " s";
  if (seconds < 7200) return count_text(seconds / 60) + " min";
  if (seconds < 172800) return count_text(seconds / 3600) + " h";
  return count_text(seconds / 86400) + " d";
}

std::string latency_text(double seconds) {
  if (seconds < 0.01) return decimal_text(seconds * 1000) + " ms";
  if (seconds < 1) return count_text(seconds * 1000) + " ms";
  return seconds < 100 ? decimal_text(seconds) + " s" : count_text(seconds) + " s";
}

std::string lanes_text(const rapidjson::Value& database) {
  std::string out;
  for_each_in(database, "lanes", [&](const Json& lane) {
    if (!out.empty()) out += ", ";
    out += text_of(lane, "lane") + " " + text_of(lane, "state");
    const auto requests = number_of(lane, "requests");
    if (requests > 0) out += " (" + count_text(requests) + ")";
  });
  return out;
}

std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

}  // namespace sqlbus
