#include "daemon/supervision.hpp"

#include <utility>

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

// By the steps that the intake takes, failed tries to reach Redis among them: while Redis is away
// the bus is well.
void Supervision::tell_watchdog() {
  const auto health = bus_.health();
  if (std::exchange(was_well_, health.is_well()) && !health.is_well()) {
    log_.error("not well: the watchdog is told no more", {{"reason", health.detail}});
  }
  if (health.is_well()) (void)notify_watchdog();
}

void Supervision::tell_status() {
  bus_.summarize([](const std::string& text) { (void)notify_status(text); });
}

}  // namespace sqlbus
