// Runs the requests at the head of a lane's backlog: several in one transaction where they may,
// each by itself where they must. Lane thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/lane/group_transaction.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/lane/job_outcomes.hpp"
#include "daemon/lane/open_group.hpp"
#include "daemon/lane/statement_log.hpp"
#include "daemon/metrics/lane_metrics.hpp"
#include "daemon/session/session.hpp"
#include "daemon/settlement/concluder.hpp"

namespace sqlbus {

class GroupRunner {
 public:
  enum class Next : std::uint8_t {
    kGoOn,     // the session is sound, or its COMMIT on its way
    kHold,     // the lease is in doubt: look again soon
    kRest,     // contention: wait a little before trying again
    kReplace,  // the session is of no use any more
    kDown,     // nothing gets through: the database counts as down
  };
  struct House {
    const LimitSettings& limits;
    const DatabaseSettings& database;
    const BusClock& clock;
    const Concluder& concluder;
    DeadlineWatch& watch;
    std::function<void(std::vector<Outcome>)> post{};  // those that come while a group runs
    const StatementLog* statements = nullptr;          // null: nobody is told
    // Shared: see LaneMetricsPool.
    std::shared_ptr<LaneMetrics> metrics = std::make_shared<LaneMetrics>();
  };

  explicit GroupRunner(const House& house);

  // Whether requests are remembered in the session's database from now on.
  void use_ledger(bool has_ledger) { has_ledger_ = has_ledger; }
  // Runs one group from the front of `turn`, which is not empty. What has ended is taken off and
  // its outcome added; what has not stays, in order, to be run again. Where the driver can, the
  // group's COMMIT is on its way afterwards, until the next run() or finish(); `turn` stays where
  // it is until then, and nobody else uses the session.
  Next run(Session& session, std::deque<Job>& turn, std::vector<Outcome>& outcomes);
  bool is_committing() const { return committing_ != nullptr; }
  // Waits for that COMMIT.
  Next finish(Session& session, std::vector<Outcome>& outcomes);

  // The same for a query that was run elsewhere, alone at the front of `turn`.
  Next end_query(Session& session, std::deque<Job>& turn, const Attempt& attempt, MaybeFault fault,
                 std::vector<Outcome>& outcomes);

  // Why the last run did not go on.
  const DriverFault& fault() const { return fault_; }
  // Rows written to the ledger, and statements that ran outside its protection, from the beginning.
  std::uint64_t remembered() const { return remembered_; }
  std::uint64_t unprotected() const { return unprotected_; }

 private:
  using Outcomes = std::vector<Outcome>;
  using Turn = std::deque<Job>;

  void drop_stale(Turn& turn, Outcomes& outcomes) const;
  bool is_in_question(const Job& job) const;
  Next settle_question(Session& session, Turn& turn, Outcomes& outcomes);
  // In what way the front of a turn is run.
  enum class Way : std::uint8_t { kHold, kQuestion, kQuery, kBare, kAlone, kGroup };
  Way way_of(const Turn& turn, std::size_t count) const;
  std::size_t group_size(const Turn& turn) const;
  TransactionHouse transaction_house() const;
  void note(const Job& job, const Attempt& attempt) const;

  Next run_query(Session& session, Turn& turn, Outcomes& outcomes);
  Next run_transaction(Session& session, Turn& turn, std::size_t count, Outcomes& outcomes);
  Next run_bare(Session& session, Turn& turn, Outcomes& outcomes);
  // A statement that cannot run in a transaction: the ledger is asked before and told afterwards.
  Next run_unprotected(Session& session, Turn& turn, Outcomes& outcomes);
  Next remember_failure(Session& session, Turn& turn, const Attempt& attempt,
                        const DriverFault& fault, Outcomes& outcomes);

  // The COMMIT on its way is there.
  void preceded(Session& session);
  Next end_commit(Session& session, MaybeFault fault, Outcomes& outcomes);
  Next end_group(Session& session, OpenGroup& group, GroupTransaction::End end, Outcomes& outcomes);
  void conclude(const Session& session, OpenGroup& group, Outcomes& outcomes);
  Next fail_alone(Session& session, Turn& turn, const Attempt& attempt, DriverFault fault,
                  Outcomes& outcomes);
  Next cancel(Session& session, Turn& turn, std::size_t position, const Attempt& attempt,
              Outcomes& outcomes);
  // A fault of a group that is no request's own: sizes the next one and says how to go on.
  Next give_way(Session& session, Turn& turn, DriverFault fault, std::size_t count);
  Next blocked(Session& session, DriverFault fault);
  Next roll_back(Session& session, Next next);
  Next tidy(Session& session);
  void grow(std::size_t done);

  // A request that was run has ended.
  void observe(const Job& job, const Attempt& attempt, EpochTime now) const;
  void observe(const Job& job, const Attempt& attempt) const {
    observe(job, attempt, house_.clock.now());
  }
  // The front has ended.
  static void end_front(Turn& turn, Outcome outcome, Outcomes& outcomes);

  House house_;
  JobOutcomes outcomes_;
  std::unique_ptr<OpenGroup> committing_;
  bool has_ledger_ = false;
  std::size_t group_limit_;       // halved by contention, doubled by success
  std::size_t careful_left_ = 0;  // requests that are still run with savepoints, after a failure
  int blocked_ = 0;               // times in a row that a transaction did not begin
  int again_ = 0;                 // times in a row that the driver wanted another go
  std::uint64_t remembered_ = 0;
  std::uint64_t unprotected_ = 0;
  DriverFault fault_;
};

}  // namespace sqlbus
