// Runs the request at the front of a turn by itself: a query, or what a group cannot have. Lane
// thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/lane/aftermath.hpp"
#include "daemon/lane/job_outcomes.hpp"
#include "daemon/lane/runner_house.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {

class LoneRunner {
 public:
  // Borrows all three.
  LoneRunner(const RunnerHouse& house, const JobOutcomes& outcomes, Aftermath& aftermath)
      : house_(house), outcomes_(outcomes), aftermath_(aftermath) {}

  // Whether requests are remembered in the session's database from now on.
  void use_ledger(bool has_ledger) { has_ledger_ = has_ledger; }

  // A query is presumed to read: it costs no flush and no ledger row, and may be cut. One that
  // turns out to write is run again as a write.
  RunNext run_query(Session& session, Turn& turn, Outcomes& outcomes);
  // The same for one that was run elsewhere.
  RunNext end_query(Session& session, Turn& turn, const Attempt& attempt, MaybeFault fault,
                    Outcomes& outcomes);
  // In whatever way the database commits it.
  RunNext run_bare(Session& session, Turn& turn, Outcomes& outcomes);
  // What cannot run in a transaction: the ledger, where there is one, is asked before and told
  // afterwards.
  RunNext run_outside(Session& session, Turn& turn, Outcomes& outcomes);
  // The DEADLINE of a request that may have taken effect has passed: the ledger is asked.
  RunNext settle_question(Session& session, Turn& turn, Outcomes& outcomes);

  // What a fault of the front, run by itself, leads to.
  RunNext fail(Session& session, Turn& turn, const Attempt& attempt, DriverFault fault,
               Outcomes& outcomes);
  // The request at `position` was cancelled at its DEADLINE.
  RunNext cancel(Session& session, Turn& turn, std::size_t position, const Attempt& attempt,
                 Outcomes& outcomes);

  // Statements that ran outside the ledger's protection, from the beginning.
  std::uint64_t unprotected() const { return unprotected_; }

 private:
  MaybeFault attempt_front(Session& session, const Turn& turn, Attempt& attempt);
  RunNext run_unprotected(Session& session, Turn& turn, Outcomes& outcomes);
  RunNext remember_failure(Session& session, Turn& turn, const Attempt& attempt,
                           const DriverFault& fault, Outcomes& outcomes);

  const RunnerHouse& house_;
  const JobOutcomes& outcomes_;
  Aftermath& aftermath_;
  bool has_ledger_ = false;
  std::uint64_t unprotected_ = 0;
};

}  // namespace sqlbus
