// What tests of a reload have in common.
#pragma once

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <string_view>

#include "tests/support/eventually.hpp"
#include "tests/support/private_bus.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

inline constexpr std::string_view kReloaded = "configuration reloaded";
inline constexpr std::string_view kRefused = "configuration refused, the old one stays";

inline int count(const std::string& text, std::string_view part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

inline void send_hup(PrivateBus& bus, const std::string& config) {
  write_text_file(bus.config_file(), config);
  bus.process().kill(SIGHUP);
}

// Waits for the verdict.
inline void reload(PrivateBus& bus, const std::string& config,
                   std::string_view verdict = kReloaded) {
  const int before = count(bus.log(), verdict);
  send_hup(bus, config);
  const bool is_there = eventually([&] { return count(bus.log(), verdict) > before; });
  INFO(bus.log());
  REQUIRE(is_there);
}

// The scene's file with this in place of what was there.
inline std::string with(std::string config, std::string_view from, std::string_view to) {
  const auto at = config.find(from);
  REQUIRE(at != std::string::npos);
  return config.replace(at, from.size(), to);
}

}  // namespace sqlbus::test
