#include "daemon/supervision.hpp"

#include "daemon/process/notify.hpp"

namespace sqlbus {
namespace {

constexpr milliseconds kStatusPeriod{10000};

}  // namespace

Supervision::Supervision(EventLoop& loop, Bus& bus, Log& log)
    : bus_(bus),
      log_(log),
      watchdog_(loop, [this] { tell_watchdog(); }),
      status_(loop, [this] { tell_status(); }) {
  // Half of it, as sd_watchdog_enabled(3) advises: one that is late is no reason to be killed.
  if (const auto limit = watchdog_limit()) watchdog_.start_every(*limit / 2);
  if (is_notified()) status_.start_every(kStatusPeriod);
}

// By the steps that the intake takes, failed tries to reach Redis among them: an outage of Redis is
// no reason to be killed and begun anew.
void Supervision::tell_watchdog() {
  const auto health = bus_.health();
  if (health.takes_steps()) {
    (void)notify_watchdog();
  } else if (took_steps_) {
    log_.error("stuck: the watchdog is told no more", {{"reason", health.detail}});
  }
  took_steps_ = health.takes_steps();
}

void Supervision::tell_status() {
  bus_.summarize([](const std::string& text) { (void)notify_status(text); });
}

}  // namespace sqlbus
