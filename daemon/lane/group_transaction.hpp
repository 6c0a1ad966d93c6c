// One transaction with the requests of a group: the ledger's rows first, then their statements,
// then COMMIT, which may be on its way while the next one begins. It looks on the jobs and does not
// take them off. Lane thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/lane/deadline_watch.hpp"
#include "daemon/lane/group_ledger.hpp"
#include "daemon/lane/job.hpp"
#include "daemon/lane/statement_log.hpp"
#include "daemon/session/attempt.hpp"

namespace sqlbus {

// What a transaction needs to know of its lane.
struct TransactionHouse {
  const BusClock& clock;
  DeadlineWatch& watch;
  std::size_t reply_max = 0;
  std::size_t answer_max = 0;  // of a first answer that the ledger keeps
  bool merges_inserts = true;
  bool has_ledger = false;
  const StatementLog* statements = nullptr;  // null: nobody is told
};

class GroupTransaction {
 public:
  enum class End : std::uint8_t {
    kReady,       // all have run: commit() is next
    kCommitting,  // it is on its way
    kCommitted,
    kNotPreceded,   // the transaction before it was not committed: nothing has begun
    kBlocked,       // BEGIN or the ledger did not get through: no request's fault
    kFenced,        // the lease is in doubt
    kLate,          // the DEADLINE of the request at position() passed before its turn
    kCancelled,     // it came while that one ran
    kFailedAlone,   // the only one that ran failed for good
    kFailedInside,  // one of several did, and there was no savepoint to go back to
    kOver,          // a statement has ended the transaction
    kBroken,        // anything else: contention, a lost session, a COMMIT that failed
  };
  struct Member {
    Attempt attempt;
    std::optional<DriverFault> failure{};  // for good, and remembered with the others' effects
  };

  // The jobs, or the first of them, see size(). `is_careful`: with savepoints, so that one that
  // fails takes few others back with it.
  GroupTransaction(Session& session, const Turn& jobs, const TransactionHouse& house,
                   bool is_careful);

  // Up to its COMMIT. The one before may be on its way: `on_preceded` is called once that is there.
  End run(std::function<void()> on_preceded);
  // `may_wait`: it need not be there when this returns (kCommitting).
  End commit(bool may_wait);
  // The outcome of kCommitting.
  End end_commit(MaybeFault fault);
  // Unless it is kCommitted nothing of it has taken effect, or (kBroken with a lost session) nobody
  // knows; the transaction may still be open.

  std::size_t size() const { return members_.size(); }
  const Member& operator[](std::size_t index) const { return members_[index]; }
  // Of a request that did not run: why. kRun without a ledger.
  GroupLedger::Verdict verdict(std::size_t index) const;
  const LedgerRow& known(std::size_t index) const { return (*ledger_)[index].known; }
  std::size_t position() const { return position_; }
  const DriverFault& fault() const { return fault_; }

 private:
  bool runs(std::size_t index) const { return verdict(index) == GroupLedger::Verdict::kRun; }
  bool may_act() const;
  bool is_due(std::size_t index) const;
  bool waits(std::size_t index) const { return runs(index) && !members_[index].failure; }
  End end(End end, DriverFault fault);
  End late();

  std::optional<End> step();
  std::optional<End> execute_pair(std::size_t index);
  std::optional<End> execute_segment();
  void gather();
  void add(std::size_t index);
  bool needs_savepoint(std::size_t index) const;
  bool is_over() const;
  std::optional<End> fail_segment(const Group& group, DriverFault fault);
  std::optional<End> claim_others();
  std::optional<End> fail_set(const Group& group, std::size_t index, DriverFault fault);
  std::optional<End> fail_one(std::size_t index, DriverFault fault);
  void note_pair(std::size_t index) const;
  void note_segment(std::chrono::microseconds executed) const;
  void take_outcomes(std::chrono::microseconds executed);
  std::vector<LedgerRow> records() const;

  Session& session_;
  const Turn& jobs_;
  TransactionHouse house_;
  std::optional<GroupLedger> ledger_;
  std::vector<Member> members_;
  std::function<void()> on_preceded_;
  bool is_begun_ = false;
  std::size_t running_ = 0;            // members that the ledger lets run
  std::optional<std::size_t> safe_;    // the savepoint stands before this one; nothing: none
  std::optional<std::size_t> marked_;  // the last one that has been sent
  std::size_t step_ = 0;               // members between two savepoints; 0: none
  std::size_t next_ = 0;               // the member to run next
  std::size_t singly_until_ = 0;       // members up to this one run by themselves: a set failed

  // The members that go together, from next_ up to a pair.
  std::vector<Execution> executions_;
  std::vector<std::size_t> owners_;      // for each execution its member
  std::optional<std::size_t> earliest_;  // the one with the earliest DEADLINE

  std::size_t position_ = 0;
  DriverFault fault_;
};

}  // namespace sqlbus
