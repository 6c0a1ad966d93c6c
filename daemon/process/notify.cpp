#include "daemon/process/notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

namespace sqlbus {
namespace {

Status notify(const std::string& state) {
  constexpr int kKeepEnvironment = 0;
  const int sent = sd_notify(kKeepEnvironment, state.c_str());
  if (sent < 0) return Error{std::string("systemd: ") + std::strerror(-sent)};
  return Done{};
}

}  // namespace

Status notify_ready() { return notify("READY=1"); }

Status notify_reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto now_us = std::int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000;
  return notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now_us));
}

Status notify_watchdog() { return notify("WATCHDOG=1"); }

bool is_notified() { return std::getenv("NOTIFY_SOCKET") != nullptr; }

std::optional<std::chrono::milliseconds> watchdog_limit() {
  std::uint64_t limit_us = 0;
  constexpr int kKeepEnvironment = 0;
  if (sd_watchdog_enabled(kKeepEnvironment, &limit_us) <= 0) return std::nullopt;
  return std::chrono::milliseconds(std::max<std::uint64_t>(limit_us / 1000, 2));
}

Status notify_stopping() { return notify("STOPPING=1"); }

Status notify_status(std::string_view text) {
  std::string state = "STATUS=" + std::string(text);
  std::replace(state.begin(), state.end(), '\n', ' ');  // a new line would be another assignment
  return notify(state);
}

}  // namespace sqlbus
