#include "client/command/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace sqlbus {

namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  milliseconds length;
};

constexpr std::array<Unit, 5> kUnits = {{{"ms", milliseconds{1}},
                                         {"s", std::chrono::seconds{1}},
                                         {"m", std::chrono::minutes{1}},
                                         {"h", std::chrono::hours{1}},
                                         {"d", std::chrono::hours{24}}}};

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  std::int32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string_view name(stop, static_cast<std::size_t>(end - stop));
  const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(),
                                        [name](const Unit& row) { return row.name == name; });
  if (error != std::errc{} || number <= 0 || unit == kUnits.end()) return std::nullopt;
  return unit->length * number;
}

}  // namespace sqlbus
