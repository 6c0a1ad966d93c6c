#include "daemon/config/time_of_day.hpp"

#include <array>
#include <charconv>
#include <ctime>

namespace sqlbus {
namespace {

using std::chrono::system_clock;

// The moment, `days` after that of `local`; mktime() puts right what a change of summer time moves.
system_clock::time_point moment_of(std::tm local, int days, int seconds) {
  local.tm_mday += days;
  local.tm_hour = seconds / 3600;
  local.tm_min = seconds / 60 % 60;
  local.tm_sec = seconds % 60;
  local.tm_isdst = -1;
  return system_clock::from_time_t(std::mktime(&local));
}

}  // namespace

std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text) {
  constexpr std::array<int, 3> kEnds = {24, 60, 60};
  int total = 0;
  std::size_t parts = 0;
  while (true) {
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    int number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool is_number = error == std::errc{} && end == part.data() + part.size();
    if (!is_number || part.size() > 2 || number < 0 || number >= kEnds[parts]) return std::nullopt;
    total = total * 60 + number;
    ++parts;
    if (colon == std::string_view::npos) break;
    if (parts == kEnds.size()) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
  if (parts < 2) return std::nullopt;
  return std::chrono::seconds(parts == 2 ? total * 60 : total);
}

system_clock::time_point next_time_of_day(system_clock::time_point from,
                                          std::chrono::seconds since_midnight) {
  const std::time_t second = system_clock::to_time_t(from);
  std::tm local{};
  localtime_r(&second, &local);
  const auto seconds = static_cast<int>(since_midnight.count());
  const auto today = moment_of(local, 0, seconds);
  return today > from ? today : moment_of(local, 1, seconds);
}

}  // namespace sqlbus
