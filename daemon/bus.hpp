// The daemon's parts and how they are joined: intake, admission, lanes, settlement. Loop thread.
//
//   kStarting ──> kRunning ──> kDraining ──> kHandingBack ──> kDone
//                              stop claiming, finish what runs, give the rest back, in order
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
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
#include "daemon/status/sources.hpp"
#include "daemon/status/status_report.hpp"
#include "daemon/status/status_service.hpp"

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
  Bus(EventLoop& loop, Settings settings, Log& log, const InstanceFacts& instance,
      const std::vector<Driver>& drivers, Events events);

  void start();
  const Settings& settings() const { return settings_; }
  bool is_ready() const { return state_ == State::kRunning; }
  // Goes on with other settings. `drivers` has those of the databases that change, by their places:
  // what runs there ends on the connections it has, and what comes meanwhile is held for the new
  // ones. All others do not notice.
  void reload(Settings settings, const std::map<std::size_t, Driver>& drivers);
  void drain();
  // The configuration was read again, or refused; what is to be told of it, without secrets.
  // `begun`: boot_time() before the file was read.
  void note_reload(bool is_taken, const std::string& report, std::chrono::nanoseconds begun);
  // What /healthz says, and whoever else wants to know whether we are worth being kept alive.
  Health health() const;
  Readiness readiness() const;
  // In a line, for a person; later where Redis has to be asked.
  void summarize(std::function<void(const std::string&)> on_known) {
    service_.summarize(std::move(on_known));
  }

 private:
  enum class State : std::uint8_t { kStarting, kRunning, kDraining, kHandingBack, kDone };

  void set_lanes(std::size_t database, const Driver& driver);
  Router::Lanes make_lanes(const DatabaseSettings& database, const Driver& driver,
                           LaneMetricsPool& metrics);
  std::size_t lane_count(const DatabaseSettings& database, const Driver& driver) const;
  void control_up();
  void control_down();
  void announce();
  StatusSources sources();
  void look_at_server();
  void deliver(Delivery delivery);
  bool may_go_aside(std::string_view envelope);
  void take_outcomes();
  void flush();
  void set_ledger_floor();
  void give_back_held();
  void drain_step();
  void drain_late();
  bool is_clean();
  void hand_back();
  void finish(bool is_clean);

  EventLoop& loop_;
  Settings settings_;  // the stages look at it; those of other threads have what they need of it
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
  std::vector<std::unique_ptr<DatabaseCounts>> database_counts_;  // by their places
  Router router_;  // its lanes' threads use what is above
  Detours detours_;
  LoopLag loop_lag_;
  ReloadCounts reloads_;
  StatusReport report_;
  StatusService service_;
};

}  // namespace sqlbus
