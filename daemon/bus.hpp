// The daemon's parts and how they are joined: intake, admission, lanes, settlement. Loop thread.
//
//   kStarting ──> kRunning ──> kDraining ──> kHandingBack ──> kDone
//                              stop claiming, finish what runs, give the rest back, in order
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/admission/admission.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/link.hpp"
#include "daemon/router/detours.hpp"
#include "daemon/router/router.hpp"
#include "daemon/settlement/settlement.hpp"

namespace sqlbus {

class Bus {
 public:
  struct Events {
    // Once, when Redis and every database have been tried: "ready", or "ready, degraded: …".
    std::function<void(std::string status)> on_ready;
    // After drain(): nothing is left to do. `is_clean`: no thread of ours may still be stuck.
    std::function<void(bool is_clean)> on_done;
  };

  // drivers: one for each of settings.databases.
  Bus(EventLoop& loop, const Settings& settings, Log& log, const InstanceFacts& instance,
      const std::vector<Driver>& drivers, Events events);

  void start();
  void drain();

 private:
  enum class State : std::uint8_t { kStarting, kRunning, kDraining, kHandingBack, kDone };

  void add_lanes(const DatabaseSettings& database, const Driver& driver);
  std::size_t lane_count(const DatabaseSettings& database, const Driver& driver) const;
  void control_up();
  void control_down();
  void announce();
  void look_at_server();
  void deliver(Delivery delivery);
  bool may_go_aside(std::string_view envelope);
  void take_outcomes();
  void flush();
  void set_ledger_floor();
  void give_back_held();
  void drain_step();
  void drain_late();
  bool is_clean() const;
  void hand_back();
  void finish(bool is_clean);

  EventLoop& loop_;
  const Settings& settings_;
  Log& log_;
  InstanceFacts instance_;
  Events events_;
  State state_ = State::kStarting;
  bool has_tried_redis_ = false;
  bool has_cancelled_ = false;
  std::size_t unanswered_ = 0;  // hand-backs under way
  BusClock clock_;
  Concluder concluder_;
  Admission admission_;
  Mailbox<Outcome> outcomes_;
  Wakeup wakeup_;
  BeforeWait before_wait_;
  Timer drain_limit_;
  RedisLink control_;
  Intake intake_;
  Settlement settlement_;
  std::atomic<std::int64_t> ledger_floor_us_{0};
  Timer floor_watch_;
  Router router_;  // its lanes' threads use what is above
  Detours detours_;
};

}  // namespace sqlbus
