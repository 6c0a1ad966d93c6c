// What systemd is told about the daemon (sd_notify). Without systemd nothing is sent.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus {

// An error says why systemd was not reached; the daemon goes on all the same.
Status notify_ready();
// Until the next notify_ready().
Status notify_reloading();
Status notify_stopping();
Status notify_watchdog();
// One line for `systemctl status`.
Status notify_status(std::string_view text);

// Whether somebody listens to all this.
bool is_notified();
// The time within which notify_watchdog() has to come again and again; nothing without a watchdog.
std::optional<std::chrono::milliseconds> watchdog_limit();

}  // namespace sqlbus
