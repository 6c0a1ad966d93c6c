// The way of requests to their lanes, and the detour of those whose database is down or paused:
// they wait in Redis, in order, and others on the queue go on. One state for each queue and
// database. Loop thread.
//
//   kDirect ──────────> kDiverting ──────────> kWaiting ──> kDirect
//     to the lanes  │     a lane sent some      everything     │ a feed found nothing there, and
//                   │     to wait: what follows goes to the    │ nothing is on its way there
//                   │     is held until all that waiting list, │
//                   │     the lanes had are back and is fed    │
//                   └──────────────────────────────────────────┘ from its head
//
// A request overtakes none of its caller: what the lanes had goes to the waiting list before what
// is held, and an epoch, which each job carries, keeps a lane from running what was sent to it
// before the way was free again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/admission/admitted.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/router/router.hpp"
#include "daemon/router/waiting_watch.hpp"
#include "daemon/settlement/concluder.hpp"
#include "daemon/settlement/settlement.hpp"

namespace sqlbus {

class Detours {
 public:
  struct House {
    const Settings& settings;
    const BusClock& clock;
    const Concluder& concluder;
    Log& log;
    Intake& intake;
    Router& router;
    Settlement& settlement;
  };

  Detours(EventLoop& loop, const House& house);

  // A reload has put a queue, or databases, behind those that were there.
  void add_queue(std::size_t queue);
  void add_databases();
  // Also for what the router has held: then the way is that of the moment.
  void route(Admitted admitted);
  // An outcome has come from a lane; then it goes to the settlement.
  void take(Outcome& outcome);
  // After all outcomes of a turn: what was held goes behind them.
  void flush_held();
  // All that waits for its way to be known.
  std::vector<Admitted> take_held();
  // Redis has put a request on a waiting list.
  void moved(std::size_t queue, std::size_t database);

 private:
  enum class State : std::uint8_t { kDirect, kDiverting, kWaiting };
  struct Detour {
    State state = State::kDirect;
    std::uint32_t epoch = 1;    // of the direct way
    std::size_t in_lanes = 0;   // requests that went the direct way and are not back
    std::deque<Admitted> held;  // while kDiverting
    std::uint64_t sent_to_wait = 0;
    std::uint64_t waits = 0;  // of these, acknowledged by Redis
    std::uint64_t sent_before_feed = 0;
    bool is_paused = false;  // by an operator
    bool was_quiet_before_feed = false;
  };

  Detour& at(std::size_t queue, std::size_t database) { return detours_[queue][database]; }
  QueueIntake::WaitingEvents events_of(std::size_t queue);
  void owned(std::size_t queue, const std::vector<std::int64_t>& lengths);
  void lost(std::size_t queue);
  void set_paused(std::size_t queue, const std::vector<std::string>& databases);
  bool is_held(const Detour& detour, std::size_t database) const;
  bool may_feed(std::size_t queue, std::size_t database);
  void fed(std::size_t queue, std::size_t database);

  void send_to_lane(Admitted admitted, std::uint32_t epoch);
  void send_to_wait(Admitted admitted);
  void divert(std::size_t queue, std::size_t database);
  void divert_all_held(Detour& detour);
  void refuse(Admitted admitted);

  House house_;
  std::vector<std::vector<Detour>> detours_;  // by queue, then by database
  WaitingWatch watch_;
};

}  // namespace sqlbus
