// One connection to one database with the thread that runs its requests, in their order. The loop
// hands jobs in and takes outcomes out; between them are two mailboxes and nothing else.
//
//   kConnecting ──> kReady ──┐ group after group
//        ^            │ ^────┘
//        └────────────┘ the session is lost: its requests wait, in order
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/backoff.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/lane/backlog.hpp"
#include "daemon/lane/group_runner.hpp"
#include "daemon/lane/mailbox.hpp"
#include "daemon/log/log.hpp"
#include "daemon/session/driver_library.hpp"
#include "daemon/session/session.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

class Lane {
 public:
  // What a lane needs of the daemon; all of it outlives the lane.
  struct House {
    const Settings& settings;
    const BusClock& clock;
    const Concluder& concluder;
    Log& log;
    Mailbox<Outcome>& outcomes;     // to the loop
    std::function<void()> on_news;  // tells the loop; called on the lane's thread
  };

  // `name`: "orders" or "orders:2", for the log; `application_name` is what the database shows.
  Lane(const House& house, const DatabaseSettings& database, const Driver& driver, std::string name,
       std::string application_name);
  ~Lane();  // stop() has been called: waits for the thread
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void put(Job job) { jobs_.put(std::move(job)); }
  // What the last try to connect has come to; for any thread.
  enum class Reach : std::uint8_t { kUnknown, kUp, kDown };
  Reach reach() const { return reach_.load(std::memory_order_relaxed); }
  const std::string& name() const { return name_; }
  // The group at hand is finished; all behind it comes out as kUntouched, then the thread ends.
  void stop() { jobs_.close(); }
  // Cancels the running statement; for a stop that takes too long.
  void cancel();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void run();
  void gather();
  TimePoint next_event() const;
  TimePoint patience_of(const Job& job) const;
  void connect();
  void lose(const DriverFault& fault);
  void tell(Reach reach);
  void run_group(std::deque<Job>& turn);
  void answer_unavailable();
  void give_back();
  void post(std::vector<Outcome> outcomes);

  House house_;
  std::string name_;
  const sqlbus_driver& driver_;
  Session::Options options_;
  Mailbox<Job> jobs_;
  Backlog backlog_;
  GroupRunner runner_;
  Backoff backoff_;
  TimePoint next_connect_{};
  std::atomic<Reach> reach_{Reach::kUnknown};
  std::string unavailable_;  // why there is no session
  bool is_loss_logged_ = false;
  std::mutex session_mutex_;  // guards the pointer for cancel(), not the session's use
  std::optional<Session> session_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace sqlbus
