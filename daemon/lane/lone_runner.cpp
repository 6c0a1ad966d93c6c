#include "daemon/lane/lone_runner.hpp"

#include <iterator>
#include <utility>
#include <vector>

#include "daemon/crash_point.hpp"
#include "daemon/lane/group_ledger.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus {

namespace {

using Mode = Admitted::Mode;

}  // namespace

MaybeFault LoneRunner::attempt_front(Session& session, const Turn& turn, Attempt& attempt) {
  const DeadlineWatch::Guard guard(house_.watch, turn.front().request().deadline, house_.clock);
  crash_point("executing");
  return attempt.run(session, house_.clock);
}

RunNext LoneRunner::run_query(Session& session, Turn& turn, Outcomes& outcomes) {
  Attempt attempt(turn.front().request(), house_.limits.reply_max, Access::kReadsOnly);
  auto fault = attempt_front(session, turn, attempt);
  return end_query(session, turn, attempt, std::move(fault), outcomes);
}

RunNext LoneRunner::end_query(Session& session, Turn& turn, const Attempt& attempt,
                              MaybeFault fault, Outcomes& outcomes) {
  house_.note(turn.front(), attempt);
  if (fault && fault->cls == ErrorClass::kReadOnly) {
    turn.front().admitted.mode = Mode::kGroup;
    return RunNext::kGoOn;
  }
  if (fault) return fail(session, turn, attempt, std::move(*fault), outcomes);
  house_.observe(turn.front(), attempt);
  end_front(turn, outcomes_.succeeded(session, attempt, turn.front()), outcomes);
  aftermath_.grow(1);
  return RunNext::kGoOn;
}

RunNext LoneRunner::run_bare(Session& session, Turn& turn, Outcomes& outcomes) {
  Attempt attempt(turn.front().request(), house_.limits.reply_max);
  auto fault = attempt_front(session, turn, attempt);
  house_.note(turn.front(), attempt);
  if (fault) return fail(session, turn, attempt, std::move(*fault), outcomes);
  const bool was_alone = turn.front().admitted.mode == Mode::kAlone;
  house_.observe(turn.front(), attempt);
  if (session.transaction() == TransactionState::kForeign) {
    // Everything after it would be answered and then lost with the transaction that it has left
    // open, past the look at its keyword. It is undone with its session.
    const DriverFault open{.message = "STATEMENT: the bus does not run what opens a transaction"};
    end_front(turn,
              outcomes_.failed(session, attempt, open, ErrorId::kStatementRefused, turn.front()),
              outcomes);
    return aftermath_.replace({.message = "a statement left a transaction open"});
  }
  end_front(turn, outcomes_.succeeded(session, attempt, turn.front()), outcomes);
  aftermath_.grow(1);
  return was_alone ? aftermath_.tidy(session) : RunNext::kGoOn;
}

RunNext LoneRunner::run_outside(Session& session, Turn& turn, Outcomes& outcomes) {
  return has_ledger_ ? run_unprotected(session, turn, outcomes) : run_bare(session, turn, outcomes);
}

RunNext LoneRunner::run_unprotected(Session& session, Turn& turn, Outcomes& outcomes) {
  LedgerTable table(session);
  const auto& request = turn.front().request();
  LedgerRow row{.id = ledger_id_of(request.uuid),
                .digest = digest_of(request),
                .applied_at_us = house_.clock.now().time_since_epoch().count()};
  std::vector<LedgerRow> known;
  if (auto fault = table.lookup({&row.id, 1}, known)) {
    return aftermath_.blocked(session, std::move(*fault));
  }
  const bool is_known = !known.empty();
  if (is_known && !(known[0].is_failure() && turn.front().is_replay())) {
    const auto verdict = known[0].digest != row.digest ? GroupLedger::Verdict::kReused
                         : known[0].is_failure()       ? GroupLedger::Verdict::kFailed
                                                       : GroupLedger::Verdict::kApplied;
    end_front(turn, outcomes_.repeated(session, verdict, known[0], turn.front()), outcomes);
    return RunNext::kGoOn;
  }
  ++unprotected_;
  if (house_.statements != nullptr) house_.statements->runs_unprotected(turn.front(), unprotected_);
  house_.metrics->unprotected.add();
  const auto count_before = outcomes.size();
  const auto next = run_bare(session, turn, outcomes);
  if (outcomes.size() == count_before) return next;
  const auto error = outcomes.back().error;
  if (error != ErrorId::kOk && error != ErrorId::kReplyTooLarge) return next;
  // Done in any case: a row that does not get in costs a copy its answer, not the request its own.
  std::vector<std::uint8_t> inserted;
  bool is_reopened = false;
  if (session.begin(Access::kReadWrite) ||
      (is_known ? table.reopen(row, is_reopened) : table.insert({&row, 1}, &inserted)) ||
      session.commit()) {
    return aftermath_.roll_back(session, next);
  }
  return next;
}

// The ledger's insert tells what became of it before, and waits for whoever may still be about it;
// it is taken back again.
RunNext LoneRunner::settle_question(Session& session, Turn& turn, Outcomes& outcomes) {
  GroupLedger ledger(turn, 1, house_.clock);
  if (auto fault = session.begin(Access::kReadWrite)) {
    return aftermath_.blocked(session, std::move(*fault));
  }
  if (auto fault = ledger.claim(session, turn)) {
    return aftermath_.blocked(session, std::move(*fault));
  }
  auto& job = turn.front();
  const auto verdict = ledger[0].verdict;
  auto outcome = verdict == GroupLedger::Verdict::kRun
                     ? outcomes_.expired(job)
                     : outcomes_.repeated(session, verdict, ledger[0].known, job);
  end_front(turn, std::move(outcome), outcomes);
  return aftermath_.roll_back(session, RunNext::kGoOn);
}

RunNext LoneRunner::fail(Session& session, Turn& turn, const Attempt& attempt, DriverFault fault,
                         Outcomes& outcomes) {
  auto& job = turn.front();
  if (fault.cls == ErrorClass::kCancelled && job.request().deadline && house_.watch.has_fired()) {
    return cancel(session, turn, 0, attempt, outcomes);
  }
  if (is_permanent(fault)) {
    const bool is_query = job.admitted.mode == Mode::kQuery;
    const bool was_alone = job.admitted.mode == Mode::kAlone;
    auto next = aftermath_.roll_back(session, RunNext::kGoOn);
    if (next != RunNext::kGoOn) return next;
    if (has_ledger_ && !is_query) {
      next = remember_failure(session, turn, attempt, fault, outcomes);
    } else {
      house_.observe(job, attempt);
      end_front(turn, outcomes_.failed(session, attempt, fault, ErrorId::kExecutionFailed, job),
                outcomes);
    }
    return next == RunNext::kGoOn && was_alone ? aftermath_.tidy(session) : next;
  }
  if (++job.failures < house_.limits.retry_max) {
    house_.metrics->retries.add();
  } else {
    house_.observe(job, attempt);
    end_front(turn, outcomes_.failed(session, attempt, fault, ErrorId::kRetriesExhausted, job),
              outcomes);
  }
  return aftermath_.give_way(session, turn, std::move(fault), 1);
}

// In a transaction of its own, before anyone is told: a copy of the request gets the same failure.
RunNext LoneRunner::remember_failure(Session& session, Turn& turn, const Attempt& attempt,
                                     const DriverFault& fault, Outcomes& outcomes) {
  auto& job = turn.front();
  const auto& request = job.request();
  LedgerTable table(session);
  const LedgerRow row{.id = ledger_id_of(request.uuid),
                      .digest = digest_of(request),
                      .applied_at_us = house_.clock.now().time_since_epoch().count(),
                      .sqlstate = fault.sqlstate.empty() ? "HY000" : fault.sqlstate,
                      .message = fault.message};
  if (!job.admitted.delivery.batch->may_act()) return RunNext::kHold;
  if (auto broken = session.begin(Access::kReadWrite)) {
    return aftermath_.blocked(session, std::move(*broken));
  }
  std::vector<std::uint8_t> inserted;
  if (auto broken = table.insert({&row, 1}, &inserted)) {
    return aftermath_.blocked(session, std::move(*broken));
  }
  // A copy has been quicker: run again, the ledger answers.
  if (inserted[0] == 0 && !job.is_replay()) return aftermath_.roll_back(session, RunNext::kRest);
  if (auto broken = session.commit({&row, inserted[0] == 0 ? 1U : 0U})) {
    return aftermath_.blocked(session, std::move(*broken));
  }
  house_.observe(job, attempt);
  end_front(turn, outcomes_.failed(session, attempt, fault, ErrorId::kExecutionFailed, job),
            outcomes);
  return RunNext::kGoOn;
}

RunNext LoneRunner::cancel(Session& session, Turn& turn, std::size_t position,
                           const Attempt& attempt, Outcomes& outcomes) {
  const auto at = turn.begin() + static_cast<std::ptrdiff_t>(position);
  house_.observe(*at, attempt);
  outcomes.push_back(outcomes_.cancelled(session, attempt, *at));
  // Never by assignment: a request's lists lie in the memory of its own batch.
  Turn behind;
  std::move(at + 1, turn.end(), std::back_inserter(behind));
  turn.erase(at, turn.end());
  std::move(behind.begin(), behind.end(), std::back_inserter(turn));
  return aftermath_.roll_back(session, RunNext::kGoOn);
}

}  // namespace sqlbus
