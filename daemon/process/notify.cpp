#include "daemon/process/notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstring>
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

Status notify_stopping() { return notify("STOPPING=1"); }

Status notify_status(std::string_view text) {
  std::string state = "STATUS=" + std::string(text);
  std::replace(state.begin(), state.end(), '\n', ' ');  // a new line would be another assignment
  return notify(state);
}

}  // namespace sqlbus
