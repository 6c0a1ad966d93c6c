// One connection to one database with the thread that runs its requests, in their order. The loop
// hands jobs in and takes outcomes out; between them are two mailboxes and nothing else.
//
//   kConnecting ──> kReady ──┐ group after group
//        ^  │         │ ^────┘
//        │  └─ kDown <┘ nothing gets through: what is here goes back to Redis, to wait there
//        └───────┘ each try, with a growing pause
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/backoff.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/lane/backlog.hpp"
#include "daemon/lane/deadline_watch.hpp"
#include "daemon/lane/group_runner.hpp"
#include "daemon/lane/ledger_keeper.hpp"
#include "daemon/lane/lone_query.hpp"
#include "daemon/lane/mailbox.hpp"
#include "daemon/lane/statement_log.hpp"
#include "daemon/log/latest.hpp"
#include "daemon/log/log.hpp"
#include "daemon/session/driver_library.hpp"
#include "daemon/session/session.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

class Lane {
 public:
  // What a lane needs of the daemon; all of it outlives the lane.
  struct House {
    const BusClock& clock;
    const Concluder& concluder;
    Log& log;
    Mailbox<Outcome>& outcomes;     // to the loop
    std::function<void()> on_news;  // tells the loop; called on the lane's thread
    std::function<void()> on_done;  // outcomes have come; called on the loop
    EventLoop& loop;
    const std::atomic<std::int64_t>& ledger_floor_us;  // see LedgerKeeper
    std::shared_ptr<LaneMetrics> metrics;              // shared: see LaneMetricsPool
  };

  // What it needs of the settings beside its database's; a reload may change it.
  struct Limits : LimitSettings {
    explicit Limits(const Settings& settings)
        : LimitSettings(settings.limits),
          response_timeout(settings.redis.response_timeout),
          slow_statement(settings.log.slow_statement) {}
    milliseconds response_timeout;
    milliseconds slow_statement;
  };

  // What it is there for: one for queries leaves the ledger's old rows to the others, so that no
  // query waits for their deletion.
  enum class Duty : std::uint8_t { kAll, kQueries };
  struct Names {
    std::string log;          // "orders" or "orders:query"
    std::string application;  // what the database shows
  };

  Lane(const House& house, const Limits& limits, DatabaseSettings database, const Driver& driver,
       Duty duty, Names names);
  ~Lane();  // stop() has been called: waits for the thread
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Runs a query at once, on the loop, where the lane has nothing else to do; else returns false,
  // and the job is as it was.
  bool try_query(Job& job);
  void put_all(std::vector<Job> jobs) { jobs_.put_all(std::move(jobs)); }
  // What the last try to connect has come to; for any thread.
  enum class Reach : std::uint8_t { kUnknown, kUp, kDown };
  Reach reach() const { return reach_.load(std::memory_order_relaxed); }
  const std::string& name() const { return name_; }
  // Why it was lost, or could not be connected, last; empty while it is up. For any thread.
  std::string fault() const { return fault_.get(); }
  // Before its next group the lane ends the database sessions of that instance, which is dead or
  // has lost its queue.
  void end_sessions_of(std::string instance) { dead_instances_.put(std::move(instance)); }
  // Those that it has not come to.
  std::vector<std::string> take_dead_instances() { return dead_instances_.take(); }
  // From its next group on.
  void set_limits(const Limits& limits) { new_limits_.put(limits); }
  // The group at hand is finished; all behind it comes out as kUntouched, then the thread ends.
  void stop() { jobs_.close(); }
  // After stop(): its thread is through, and has told the loop.
  bool has_ended() const { return has_ended_.load(std::memory_order_acquire); }
  // Cancels the running statement; for a stop that takes too long.
  void cancel();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void run();
  void gather();
  void take_limits();
  void work();
  bool must_wait(const Job& job) const;
  void connect();
  void open_ledger(Session& session, MaybeFault& fault);
  void lose(const DriverFault& fault, Reach reach);
  void tell(Reach reach);
  void end_dead_sessions();
  void run_group(Turn* turn);
  bool keeps_ledger() const { return has_ledger_ && duty_ == Duty::kAll; }
  void note_shortage(const DriverFault& fault);
  void keep_ledger();
  bool may_query(const Job& job) const;
  void send_to_wait(Job job, std::vector<Outcome>& outcomes);
  void send_all_to_wait();
  void give_back();
  void post(std::vector<Outcome> outcomes);

  House house_;
  Limits limits_;  // used by whoever uses the session
  Mailbox<Limits> new_limits_;
  const DatabaseSettings database_;
  Duty duty_;
  std::string name_;
  const sqlbus_driver& driver_;
  Session::Options options_;
  Mailbox<Job> jobs_;
  Mailbox<std::string> dead_instances_;
  Backlog backlog_;
  // By queue: requests of the direct way's epochs up to this one wait in Redis, or are on their way
  // there, so that nothing of those epochs may run here any more.
  std::vector<std::uint32_t> waiting_epochs_;
  std::map<std::string, int, std::less<>> failures_;  // of requests that were sent to wait, by UUID
  std::mutex session_mutex_;  // guards the pointer for cancel(), not the session's use
  std::optional<Session> session_;
  StatementLog statements_;
  DeadlineWatch watch_;  // uses the session and its mutex from a thread of its own
  GroupRunner runner_;
  LoneQuery lone_query_;
  LedgerKeeper keeper_;
  Backoff backoff_;
  TimePoint next_connect_{};
  std::atomic<Reach> reach_{Reach::kUnknown};
  std::atomic<bool> has_ended_{false};
  Latest<std::string> fault_;
  std::string logged_loss_;
  std::string logged_shortage_;
  TimePoint short_at_{};
  bool has_ledger_ = false;
  bool is_unprotected_logged_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace sqlbus
