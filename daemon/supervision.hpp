// What systemd is told while the bus runs: that it is well, where the unit has a watchdog, and in a
// line what it does. Loop thread.
#pragma once

#include <chrono>

#include "daemon/bus.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"

namespace sqlbus {

class Supervision {
 public:
  Supervision(EventLoop& loop, Bus& bus, Log& log);

 private:
  void tell_watchdog();
  void tell_status();

  Bus& bus_;
  Log& log_;
  bool took_steps_ = true;
  Timer watchdog_;
  Timer status_;
};

}  // namespace sqlbus
