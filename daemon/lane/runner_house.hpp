// What the runners of a lane work with.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/lane/deadline_watch.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/lane/statement_log.hpp"
#include "daemon/metrics/lane_metrics.hpp"
#include "daemon/session/attempt.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

// Where a lane stands after a run.
enum class RunNext : std::uint8_t {
  kGoOn,     // the session is sound, or its COMMIT on its way
  kHold,     // the lease is in doubt: look again soon
  kRest,     // contention: wait a little before trying again
  kReplace,  // the session is of no use any more
  kDown,     // nothing gets through: the database counts as down
};

struct RunnerHouse {
  const LimitSettings& limits;
  const DatabaseSettings& database;
  const BusClock& clock;
  const Concluder& concluder;
  DeadlineWatch& watch;
  std::function<void(std::vector<Outcome>)> post{};  // those that come while a group runs
  const StatementLog* statements = nullptr;          // null: nobody is told
  // Shared: see LaneMetricsPool.
  std::shared_ptr<LaneMetrics> metrics = std::make_shared<LaneMetrics>();

  // Its statements have run.
  void note(const Job& job, const Attempt& attempt) const {
    if (statements != nullptr) statements->ran(job, attempt.executed(), attempt.affected());
  }
  // A request that was run has ended.
  void observe(const Job& job, const Attempt& attempt, EpochTime now) const;
  void observe(const Job& job, const Attempt& attempt) const { observe(job, attempt, clock.now()); }
};

using Outcomes = std::vector<Outcome>;

// The front has ended.
void end_front(Turn& turn, Outcome outcome, Outcomes& outcomes);

}  // namespace sqlbus
