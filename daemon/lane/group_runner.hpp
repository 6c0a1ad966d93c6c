// Runs the requests at the head of a lane's backlog: several in one transaction where they may,
// each by itself where they must. Lane thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "daemon/lane/aftermath.hpp"
#include "daemon/lane/group_transaction.hpp"
#include "daemon/lane/job_outcomes.hpp"
#include "daemon/lane/lone_runner.hpp"
#include "daemon/lane/open_group.hpp"
#include "daemon/lane/runner_house.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {

class GroupRunner {
 public:
  using Next = RunNext;
  using House = RunnerHouse;

  explicit GroupRunner(const House& house);
  GroupRunner(const GroupRunner&) = delete;
  GroupRunner& operator=(const GroupRunner&) = delete;

  // Whether requests are remembered in the session's database from now on.
  void use_ledger(bool has_ledger);
  // Runs one group from the front of `turn`, which is not empty. What has ended is taken off and
  // its outcome added; what has not stays, in order, to be run again. Where the driver can, the
  // group's COMMIT is on its way afterwards, until the next run() or finish(); `turn` stays where
  // it is until then, and nobody else uses the session.
  Next run(Session& session, Turn& turn, Outcomes& outcomes);
  bool is_committing() const { return committing_ != nullptr; }
  // Waits for that COMMIT.
  Next finish(Session& session, Outcomes& outcomes);

  // The same for a query that was run elsewhere, alone at the front of `turn`.
  Next end_query(Session& session, Turn& turn, const Attempt& attempt, MaybeFault fault,
                 Outcomes& outcomes) {
    return lone_.end_query(session, turn, attempt, std::move(fault), outcomes);
  }

  // Why the last run did not go on.
  const DriverFault& fault() const { return aftermath_.fault(); }
  // Rows written to the ledger, and statements that ran outside its protection, from the beginning.
  std::uint64_t remembered() const { return remembered_; }
  std::uint64_t unprotected() const { return lone_.unprotected(); }

 private:
  void drop_stale(Turn& turn, Outcomes& outcomes) const;
  bool is_in_question(const Job& job) const;
  // In what way the front of a turn is run.
  enum class Way : std::uint8_t { kHold, kQuestion, kQuery, kBare, kAlone, kGroup };
  Way way_of(const Turn& turn, std::size_t count) const;
  std::size_t group_size(const Turn& turn) const;
  TransactionHouse transaction_house() const;

  Next run_transaction(Session& session, Turn& turn, std::size_t count, Outcomes& outcomes);
  // The COMMIT on its way is there.
  void preceded(Session& session);
  Next end_commit(Session& session, MaybeFault fault, Outcomes& outcomes);
  Next end_group(Session& session, OpenGroup& group, GroupTransaction::End end, Outcomes& outcomes);
  Next end_broken(Session& session, const GroupTransaction& group, Turn& turn, Outcomes& outcomes);
  Next end_failed_alone(Session& session, const GroupTransaction& group, Turn& turn,
                        Outcomes& outcomes);
  void conclude(const Session& session, OpenGroup& group, Outcomes& outcomes);

  House house_;
  JobOutcomes outcomes_;
  Aftermath aftermath_;
  LoneRunner lone_;
  std::unique_ptr<OpenGroup> committing_;
  bool has_ledger_ = false;
  std::uint64_t remembered_ = 0;
};

}  // namespace sqlbus
