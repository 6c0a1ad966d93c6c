#include "daemon/lane/group_runner.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/crash_point.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus {
namespace {

using Next = GroupRunner::Next;
using Mode = Admitted::Mode;
using End = GroupTransaction::End;

// After a failure savepoints pay for so many requests.
constexpr std::size_t kCarefulRequests = 5000;
// A pair has a savepoint of its own, of which a transaction should not have many.
constexpr std::size_t kPairsMax = 60;
// Of envelopes in one transaction.
constexpr std::size_t kGroupBytes = std::size_t{8} << 20U;
// A transaction that does not begin so often in a row: the database counts as down.
constexpr int kBlockedMax = 2;
// A driver that says "again" so often in a row is not believed.
constexpr int kAgainMax = 10;

bool ends_session(const DriverFault& fault) {
  return fault.cls == ErrorClass::kConnection || fault.cls == ErrorClass::kReadOnly;
}

bool is_single(const Request& request) { return request.form == Request::Form::kSingle; }

bool is_expired(const Job& job, const BusClock& clock) {
  return job.request().deadline && clock.now() >= *job.request().deadline;
}

// VACUUM and its kind (25001), and a CALL that commits by itself (2D000).
bool refuses_transaction(const DriverFault& fault) {
  return fault.sqlstate == "25001" || fault.sqlstate == "2D000";
}

bool can_read_only(const Session& session) {
  return (session.driver().capabilities & SQLBUS_CAN_READ_ONLY) != 0;
}

}  // namespace

GroupRunner::GroupRunner(const House& house)
    : house_(house),
      outcomes_(house.concluder, house.database.name),
      group_limit_(house.limits.group_max) {}

Next GroupRunner::run(Session& session, Turn& turn, Outcomes& outcomes) {
  drop_stale(turn, outcomes);
  if (turn.empty()) return Next::kGoOn;
  auto& front = turn.front().admitted;
  // Where a driver cannot keep it from writing nobody would notice if it did.
  if (front.mode == Mode::kQuery && !can_read_only(session)) front.mode = Mode::kGroup;
  const auto count = group_size(turn);
  const auto way = way_of(turn, count);
  if (is_committing() && way != Way::kGroup) return finish(session, outcomes);
  switch (way) {
    case Way::kHold:
      return Next::kHold;
    case Way::kQuestion:
      return settle_question(session, turn, outcomes);
    case Way::kQuery:
      return run_query(session, turn, outcomes);
    case Way::kBare:
      return run_bare(session, turn, outcomes);
    case Way::kAlone:
    case Way::kGroup:
      break;
  }
  return run_transaction(session, turn, count, outcomes);
}

GroupRunner::Way GroupRunner::way_of(const Turn& turn, std::size_t count) const {
  const auto end = turn.begin() + static_cast<std::ptrdiff_t>(count);
  const bool may_act = std::all_of(
      turn.begin(), end, [](const Job& job) { return job.admitted.delivery.batch->may_act(); });
  const auto& front = turn.front();
  if (!may_act) return Way::kHold;
  if (is_expired(front, house_.clock)) return Way::kQuestion;
  if (front.admitted.mode == Mode::kQuery) return Way::kQuery;
  if (!has_ledger_ && count == 1 && is_single(front.request())) return Way::kBare;
  return front.admitted.mode == Mode::kAlone ? Way::kAlone : Way::kGroup;
}

// Takes off what may not begin: its batch is gone, or its DEADLINE has passed.
void GroupRunner::drop_stale(Turn& turn, Outcomes& outcomes) const {
  while (!turn.empty()) {
    auto& job = turn.front();
    if (job.is_gone()) {
      end_front(turn, JobOutcomes::untouched(job), outcomes);
    } else if (is_expired(job, house_.clock) && !is_in_question(job)) {
      end_front(turn, outcomes_.expired(job), outcomes);
    } else {
      return;
    }
  }
}

// Its caller waits, and "not started" may not be true.
bool GroupRunner::is_in_question(const Job& job) const {
  return has_ledger_ && job.request().sync && job.may_be_applied();
}

// The DEADLINE has passed. The ledger's insert tells what became of it before, and waits for
// whoever may still be about it; it is taken back again.
Next GroupRunner::settle_question(Session& session, Turn& turn, Outcomes& outcomes) {
  GroupLedger ledger(turn, 1, house_.clock);
  if (auto fault = session.begin(Access::kReadWrite)) return blocked(session, std::move(*fault));
  if (auto fault = ledger.claim(session, turn)) return blocked(session, std::move(*fault));
  auto& job = turn.front();
  const auto verdict = ledger[0].verdict;
  auto outcome = verdict == GroupLedger::Verdict::kRun
                     ? outcomes_.expired(job)
                     : outcomes_.repeated(session, verdict, ledger[0].known, job);
  end_front(turn, std::move(outcome), outcomes);
  return roll_back(session, Next::kGoOn);
}

std::size_t GroupRunner::group_size(const Turn& turn) const {
  const auto group_limit = std::min(group_limit_, house_.limits.group_max);
  const auto limit = std::min(turn.size(), group_limit);
  std::size_t count = 0;
  std::size_t pairs = 0;
  std::size_t bytes = 0;
  std::size_t whole_batches = 0;
  while (count < limit && turn[count].admitted.mode == Mode::kGroup && !turn[count].is_gone() &&
         !turn[count].is_replay() && !is_expired(turn[count], house_.clock)) {
    if (turn[count].admitted.delivery.position == 0) whole_batches = count;
    bytes += turn[count].admitted.delivery.envelope.size();
    if (bytes > kGroupBytes && count > 0) break;
    if (turn[count].request().form == Request::Form::kUpsert && ++pairs > kPairsMax) break;
    ++count;
  }
  // A batch that is settled as a whole costs Redis least.
  const bool ends_inside =
      count == limit && count < turn.size() && turn[count].admitted.delivery.position != 0;
  if (ends_inside && whole_batches >= group_limit / 2) count = whole_batches;
  return std::max<std::size_t>(count, 1);
}

TransactionHouse GroupRunner::transaction_house() const {
  return {.clock = house_.clock,
          .watch = house_.watch,
          .reply_max = house_.limits.reply_max,
          .answer_max = house_.database.ledger_answer_max,
          .merges_inserts = house_.database.merge_inserts,
          .has_ledger = has_ledger_,
          .statements = house_.statements};
}

void GroupRunner::note(const Job& job, const Attempt& attempt) const {
  if (house_.statements == nullptr) return;
  house_.statements->ran(job, attempt.executed(), attempt.affected());
}

// A query is presumed to read: it costs no flush and no ledger row, and may be cut. One that turns
// out to write is run again as a write.
Next GroupRunner::run_query(Session& session, Turn& turn, Outcomes& outcomes) {
  const auto& request = turn.front().request();
  Attempt attempt(request, house_.limits.reply_max, Access::kReadsOnly);
  MaybeFault fault;
  {
    const DeadlineWatch::Guard guard(house_.watch, request.deadline, house_.clock);
    crash_point("executing");
    fault = attempt.run(session, house_.clock);
  }
  return end_query(session, turn, attempt, std::move(fault), outcomes);
}

Next GroupRunner::end_query(Session& session, Turn& turn, const Attempt& attempt, MaybeFault fault,
                            Outcomes& outcomes) {
  note(turn.front(), attempt);
  if (fault && fault->cls == ErrorClass::kReadOnly) {
    turn.front().admitted.mode = Mode::kGroup;
    return Next::kGoOn;
  }
  if (fault) return fail_alone(session, turn, attempt, std::move(*fault), outcomes);
  observe(turn.front(), attempt);
  end_front(turn, outcomes_.succeeded(session, attempt, turn.front()), outcomes);
  grow(1);
  return Next::kGoOn;
}

Next GroupRunner::run_transaction(Session& session, Turn& turn, std::size_t count,
                                  Outcomes& outcomes) {
  const bool is_alone = turn.front().admitted.mode == Mode::kAlone;
  auto group =
      std::make_unique<OpenGroup>(session, turn, count, transaction_house(), careful_left_ > 0);
  auto& transaction = group->transaction();
  auto end = transaction.run([&] { preceded(session); });
  if (is_committing()) {
    group->put_back();
    // Only the driver can tell that it failed; nothing of this group has begun in any case.
    if (end != End::kNotPreceded) return finish(session, outcomes);
    return end_commit(session, transaction.fault(), outcomes);
  }
  // What ran alone is tidied up after at once.
  if (end == End::kReady) end = transaction.commit(!is_alone);
  if (end != End::kCommitting) return end_group(session, *group, end, outcomes);
  committing_ = std::move(group);
  return Next::kGoOn;
}

void GroupRunner::preceded(Session& session) {
  auto group = std::move(committing_);
  Outcomes outcomes;
  group->transaction().end_commit(std::nullopt);
  conclude(session, *group, outcomes);
  // First of all the requests: the loop frees their batch, and their memory with it, by the
  // outcomes.
  group.reset();
  house_.post(std::move(outcomes));
}

Next GroupRunner::finish(Session& session, Outcomes& outcomes) {
  return end_commit(session, session.finish_commit(), outcomes);
}

Next GroupRunner::end_commit(Session& session, MaybeFault fault, Outcomes& outcomes) {
  const auto group = std::move(committing_);
  const auto end = group->transaction().end_commit(std::move(fault));
  return end_group(session, *group, end, outcomes);
}

Next GroupRunner::end_group(Session& session, OpenGroup& open, End end, Outcomes& outcomes) {
  auto& group = open.transaction();
  if (end != End::kBlocked) blocked_ = 0;
  if (end == End::kCommitted) {
    const bool was_alone = open.jobs().front().admitted.mode == Mode::kAlone;
    conclude(session, open, outcomes);
    return was_alone ? tidy(session) : Next::kGoOn;
  }
  auto& turn = open.put_back();
  switch (end) {
    case End::kBlocked:
      return blocked(session, group.fault());
    case End::kFenced:
      return roll_back(session, Next::kHold);
    case End::kLate:
      group_limit_ = std::max<std::size_t>(group.position(), 1);
      return roll_back(session, Next::kGoOn);
    case End::kCancelled:
      return cancel(session, turn, group.position(), group[group.position()].attempt, outcomes);
    case End::kFailedInside:
      if (careful_left_ > 0) group_limit_ = 1;  // savepoints were of no use
      careful_left_ = kCarefulRequests;
      return roll_back(session, Next::kGoOn);
    case End::kOver:
      group_limit_ = 1;
      return roll_back(session, Next::kGoOn);
    case End::kBroken:
      if (group.fault().cls == ErrorClass::kAgain && ++again_ < kAgainMax) {
        return roll_back(session, Next::kGoOn);
      }
      if (group.size() > 1) {
        house_.metrics->retries.add();
        return give_way(session, turn, group.fault(), group.size());
      }
      return fail_alone(session, turn, group[0].attempt, group.fault(), outcomes);
    default:  // kFailedAlone
      break;
  }
  // Copies before it, which the ledger answers, go first.
  if (group.position() > 0) {
    group_limit_ = group.position();
    return roll_back(session, Next::kGoOn);
  }
  if (turn.front().admitted.mode == Mode::kAlone && is_single(turn.front().request()) &&
      refuses_transaction(group.fault())) {
    if (const auto next = roll_back(session, Next::kGoOn); next != Next::kGoOn) return next;
    return has_ledger_ ? run_unprotected(session, turn, outcomes)
                       : run_bare(session, turn, outcomes);
  }
  return fail_alone(session, turn, group[0].attempt, group.fault(), outcomes);
}

// By itself, in whatever way the database commits it.
Next GroupRunner::run_bare(Session& session, Turn& turn, Outcomes& outcomes) {
  const auto& request = turn.front().request();
  Attempt attempt(request, house_.limits.reply_max);
  MaybeFault fault;
  {
    const DeadlineWatch::Guard guard(house_.watch, request.deadline, house_.clock);
    crash_point("executing");
    fault = attempt.run(session, house_.clock);
  }
  note(turn.front(), attempt);
  if (fault) return fail_alone(session, turn, attempt, std::move(*fault), outcomes);
  const bool was_alone = turn.front().admitted.mode == Mode::kAlone;
  observe(turn.front(), attempt);
  if (session.transaction() == TransactionState::kForeign) {
    // Everything after it would be answered and then lost with the transaction that it has left
    // open, past the look at its keyword. It is undone with its session.
    const DriverFault open{.message = "STATEMENT: the bus does not run what opens a transaction"};
    end_front(turn,
              outcomes_.failed(session, attempt, open, ErrorId::kStatementRefused, turn.front()),
              outcomes);
    fault_ = {.message = "a statement left a transaction open"};
    return Next::kReplace;
  }
  end_front(turn, outcomes_.succeeded(session, attempt, turn.front()), outcomes);
  grow(1);
  return was_alone ? tidy(session) : Next::kGoOn;
}

Next GroupRunner::run_unprotected(Session& session, Turn& turn, Outcomes& outcomes) {
  LedgerTable table(session);
  const auto& request = turn.front().request();
  LedgerRow row{.id = ledger_id_of(request.uuid),
                .digest = digest_of(request),
                .applied_at_us = house_.clock.now().time_since_epoch().count()};
  std::vector<LedgerRow> known;
  if (auto fault = table.lookup({&row.id, 1}, known)) return blocked(session, std::move(*fault));
  const bool is_known = !known.empty();
  if (is_known && !(known[0].is_failure() && turn.front().is_replay())) {
    const auto verdict = known[0].digest != row.digest ? GroupLedger::Verdict::kReused
                         : known[0].is_failure()       ? GroupLedger::Verdict::kFailed
                                                       : GroupLedger::Verdict::kApplied;
    end_front(turn, outcomes_.repeated(session, verdict, known[0], turn.front()), outcomes);
    return Next::kGoOn;
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
    return roll_back(session, next);
  }
  return next;
}

// In a transaction of its own, before anyone is told: a copy of the request gets the same failure.
Next GroupRunner::remember_failure(Session& session, Turn& turn, const Attempt& attempt,
                                   const DriverFault& fault, Outcomes& outcomes) {
  auto& job = turn.front();
  const auto& request = job.request();
  LedgerTable table(session);
  const LedgerRow row{.id = ledger_id_of(request.uuid),
                      .digest = digest_of(request),
                      .applied_at_us = house_.clock.now().time_since_epoch().count(),
                      .sqlstate = fault.sqlstate.empty() ? "HY000" : fault.sqlstate,
                      .message = fault.message};
  if (!job.admitted.delivery.batch->may_act()) return Next::kHold;
  if (auto broken = session.begin(Access::kReadWrite)) return blocked(session, std::move(*broken));
  std::vector<std::uint8_t> inserted;
  if (auto broken = table.insert({&row, 1}, &inserted)) return blocked(session, std::move(*broken));
  // A copy has been quicker: run again, the ledger answers.
  if (inserted[0] == 0 && !job.is_replay()) return roll_back(session, Next::kRest);
  if (auto broken = session.commit({&row, inserted[0] == 0 ? 1U : 0U})) {
    return blocked(session, std::move(*broken));
  }
  observe(job, attempt);
  end_front(turn, outcomes_.failed(session, attempt, fault, ErrorId::kExecutionFailed, job),
            outcomes);
  return Next::kGoOn;
}

void GroupRunner::conclude(const Session& session, OpenGroup& open, Outcomes& outcomes) {
  const auto& group = open.transaction();
  auto& jobs = open.jobs();
  const auto now = house_.clock.now();
  house_.metrics->group_size.observe(static_cast<std::int64_t>(group.size()));
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto verdict = group.verdict(i);
    const auto& member = group[i];
    if (verdict == GroupLedger::Verdict::kRun) observe(jobs[i], member.attempt, now);
    if (verdict != GroupLedger::Verdict::kRun) {
      outcomes.push_back(outcomes_.repeated(session, verdict, group.known(i), jobs[i]));
    } else if (member.failure) {
      outcomes.push_back(outcomes_.failed(session, member.attempt, *member.failure,
                                          ErrorId::kExecutionFailed, jobs[i]));
    } else {
      outcomes.push_back(outcomes_.succeeded(session, member.attempt, jobs[i]));
    }
  }
  again_ = 0;
  blocked_ = 0;
  grow(group.size());
  if (has_ledger_) remembered_ += group.size();
}

// Larger groups again, and without savepoints once enough has gone well.
void GroupRunner::grow(std::size_t done) {
  group_limit_ = std::min(house_.limits.group_max, group_limit_ * 2);
  careful_left_ -= std::min(careful_left_, done);
}

// What runs alone may have left something in the session that its neighbours would meet.
Next GroupRunner::tidy(Session& session) {
  auto fault = session.reset();
  if (!fault) return Next::kGoOn;
  fault_ = std::move(*fault);
  return Next::kReplace;
}

Next GroupRunner::roll_back(Session& session, Next next) {
  if (session.transaction() == TransactionState::kNone) return next;
  auto fault = session.rollback();
  if (!fault) return next;
  fault_ = std::move(*fault);
  return Next::kReplace;
}

Next GroupRunner::give_way(Session& session, Turn& turn, DriverFault fault, std::size_t count) {
  group_limit_ = std::max<std::size_t>(count / 2, 1);
  fault_ = std::move(fault);
  if (!ends_session(fault_)) return roll_back(session, Next::kRest);
  for (std::size_t i = 0; i < std::min(count, turn.size()); ++i) turn[i].is_in_doubt = true;
  return Next::kReplace;
}

// Somebody else holds what every transaction needs, the server takes no writes, or the ledger is
// not what it should be: others on the queue are not to wait for that. The next session makes the
// ledger anew.
Next GroupRunner::blocked(Session& session, DriverFault fault) {
  const bool may_pass = fault.cls == ErrorClass::kTransient || fault.cls == ErrorClass::kCancelled;
  fault_ = std::move(fault);
  if (fault_.cls == ErrorClass::kConnection) return Next::kReplace;
  if (may_pass && ++blocked_ < kBlockedMax) {
    house_.metrics->retries.add();
    return roll_back(session, Next::kRest);
  }
  blocked_ = 0;
  return Next::kDown;
}

Next GroupRunner::cancel(Session& session, Turn& turn, std::size_t position, const Attempt& attempt,
                         Outcomes& outcomes) {
  const auto at = turn.begin() + static_cast<std::ptrdiff_t>(position);
  observe(*at, attempt);
  outcomes.push_back(outcomes_.cancelled(session, attempt, *at));
  // Never by assignment: a request's lists lie in the memory of its own batch.
  Turn behind;
  std::move(at + 1, turn.end(), std::back_inserter(behind));
  turn.erase(at, turn.end());
  std::move(behind.begin(), behind.end(), std::back_inserter(turn));
  return roll_back(session, Next::kGoOn);
}

Next GroupRunner::fail_alone(Session& session, Turn& turn, const Attempt& attempt,
                             DriverFault fault, Outcomes& outcomes) {
  if (fault.cls == ErrorClass::kCancelled && turn.front().request().deadline &&
      house_.watch.has_fired()) {
    return cancel(session, turn, 0, attempt, outcomes);
  }
  if (is_permanent(fault)) {
    const bool is_query = turn.front().admitted.mode == Mode::kQuery;
    const bool was_alone = turn.front().admitted.mode == Mode::kAlone;
    auto next = roll_back(session, Next::kGoOn);
    if (next != Next::kGoOn) return next;
    if (has_ledger_ && !is_query) {
      next = remember_failure(session, turn, attempt, fault, outcomes);
    } else {
      observe(turn.front(), attempt);
      end_front(turn,
                outcomes_.failed(session, attempt, fault, ErrorId::kExecutionFailed, turn.front()),
                outcomes);
    }
    return next == Next::kGoOn && was_alone ? tidy(session) : next;
  }
  if (++turn.front().failures < house_.limits.retry_max) {
    house_.metrics->retries.add();
  } else {
    observe(turn.front(), attempt);
    end_front(turn,
              outcomes_.failed(session, attempt, fault, ErrorId::kRetriesExhausted, turn.front()),
              outcomes);
  }
  return give_way(session, turn, std::move(fault), 1);
}

void GroupRunner::observe(const Job& job, const Attempt& attempt, EpochTime now) const {
  const auto timestamp = job.request().timestamp;
  house_.metrics->observe({.queued = attempt.started_at() - timestamp,
                           .executed = attempt.executed(),
                           .total = now - timestamp});
}

void GroupRunner::end_front(Turn& turn, Outcome outcome, Outcomes& outcomes) {
  outcomes.push_back(std::move(outcome));
  turn.pop_front();
}

}  // namespace sqlbus
