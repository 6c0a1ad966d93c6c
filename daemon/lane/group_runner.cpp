#include "daemon/lane/group_runner.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
namespace {

bool is_permanent(const DriverFault& fault) {
  return fault.cls == ErrorClass::kPermanent || fault.cls == ErrorClass::kUnsupported;
}

bool ends_session(const DriverFault& fault) {
  return fault.cls == ErrorClass::kConnection || fault.cls == ErrorClass::kReadOnly;
}

bool needs_transaction(const Request& request) { return request.form != Request::Form::kSingle; }

bool is_expired(const Job& job, const BusClock& clock) {
  return job.request().deadline && clock.now() >= *job.request().deadline;
}

bool may_act(const std::deque<Job>& turn, std::size_t count) {
  return std::all_of(turn.begin(), turn.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const Job& job) { return job.admitted.delivery.batch->may_act(); });
}

}  // namespace

GroupRunner::GroupRunner(const LimitSettings& limits, const BusClock& clock,
                         const Concluder& concluder)
    : limits_(limits), clock_(clock), concluder_(concluder), group_limit_(limits.group_max) {}

GroupRunner::Next GroupRunner::run(Session& session, std::deque<Job>& turn,
                                   std::vector<Outcome>& outcomes) {
  drop_stale(turn, outcomes);
  if (turn.empty()) return Next::kGoOn;
  const auto count = group_size(turn);
  if (!may_act(turn, count)) return Next::kHold;
  if (count == 1) return run_alone(session, turn, outcomes);

  std::optional<Failure> failure;
  auto next = run_group(session, turn, count, outcomes, failure);
  if (!failure) return next;
  // One request failed for good. Those before it are run again without it; where that succeeds,
  // what it met was the same as alone, and its failure stands.
  const auto before = failure->position;
  if (before > 0) {
    std::optional<Failure> other;
    const auto left = turn.size();
    next = run_group(session, turn, before, outcomes, other);
    if (left - turn.size() != before) return next;
  }
  fail(session, failure->attempt, failure->fault, ErrorId::kExecutionFailed, turn, outcomes);
  return Next::kGoOn;
}

void GroupRunner::drop_stale(std::deque<Job>& turn, std::vector<Outcome>& outcomes) const {
  while (!turn.empty()) {
    auto& job = turn.front();
    if (job.is_gone()) {
      outcomes.push_back(
          {.delivery = std::move(job.admitted.delivery), .kind = Outcome::Kind::kUntouched});
    } else if (is_expired(job, clock_)) {
      outcomes.push_back(concluder_.conclude(
          job.admitted.delivery, job.request(),
          {.error = ErrorId::kExpired, .message = "the DEADLINE passed before it was started"},
          nullptr));
    } else {
      return;
    }
    turn.pop_front();
  }
}

std::size_t GroupRunner::group_size(const std::deque<Job>& turn) const {
  const auto limit = std::min(turn.size(), group_limit_);
  std::size_t count = 0;
  while (count < limit && turn[count].admitted.mode == Admitted::Mode::kGroup &&
         !turn[count].is_gone() && !is_expired(turn[count], clock_)) {
    ++count;
  }
  return std::max<std::size_t>(count, 1);
}

// A query is presumed to read: it costs no flush, and may be cut. One that turns out to write is
// run again as a write.
GroupRunner::Next GroupRunner::run_alone(Session& session, std::deque<Job>& turn,
                                         std::vector<Outcome>& outcomes) {
  const auto& request = turn.front().request();
  const bool is_query = turn.front().admitted.mode == Admitted::Mode::kQuery;
  Attempt attempt(request, limits_.reply_max, is_query ? Access::kReadsOnly : Access::kReadWrite);
  MaybeFault fault;
  const bool has_transaction = needs_transaction(request);
  if (has_transaction) fault = session.begin(Access::kReadWrite);
  if (!fault) fault = attempt.run(session, clock_);
  if (is_query && fault && fault->cls == ErrorClass::kReadOnly) {
    attempt = Attempt(request, limits_.reply_max);
    fault = attempt.run(session, clock_);
  }
  if (!fault && has_transaction) {
    if (!may_act(turn, 1)) return give_way(session, {}, 1);
    const auto state = session.transaction();
    if (state == TransactionState::kFailed || state == TransactionState::kLost) {
      return give_way(session, {}, 1);
    }
    // Where none is open any more a statement has committed by itself: what it did stands.
    if (state == TransactionState::kOpen) fault = session.commit();
  }
  if (fault) return fail_alone(session, attempt, std::move(*fault), turn, outcomes);
  if (session.transaction() == TransactionState::kForeign) {
    return refuse_open(session, attempt, turn, outcomes);
  }
  group_limit_ = std::min(limits_.group_max, group_limit_ * 2);
  succeed(session, attempt, turn, outcomes);
  return Next::kGoOn;
}

// A statement by itself has left a transaction open, past the look at its keyword: everything
// after it would be answered and then lost with it. It is undone with its session.
GroupRunner::Next GroupRunner::refuse_open(Session& session, const Attempt& attempt,
                                           std::deque<Job>& turn, std::vector<Outcome>& outcomes) {
  const DriverFault fault{.message = "STATEMENT: the bus does not run what opens a transaction"};
  fail(session, attempt, fault, ErrorId::kStatementRefused, turn, outcomes);
  fault_ = {.message = "a statement left a transaction open"};
  return Next::kReplace;
}

// Stops at the first request that fails for good and hands it out; nothing is committed then.
GroupRunner::Next GroupRunner::run_group(Session& session, std::deque<Job>& turn, std::size_t count,
                                         std::vector<Outcome>& outcomes,
                                         std::optional<Failure>& failure) {
  if (auto fault = session.begin(Access::kReadWrite)) {
    return give_way(session, std::move(*fault), count);
  }
  std::vector<Attempt> attempts;
  attempts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && is_expired(turn[i], clock_)) {
      count = i;
      break;
    }
    auto& attempt = attempts.emplace_back(turn[i].request(), limits_.reply_max);
    auto fault = attempt.run(session, clock_);
    if (!fault) continue;
    if (!is_permanent(*fault)) return give_way(session, std::move(*fault), count);
    if (auto broken = session.rollback()) return give_way(session, std::move(*broken), count);
    failure = Failure{i, std::move(attempt), std::move(*fault)};
    return Next::kGoOn;
  }
  const auto next = commit(session, turn, count);
  if (next != Next::kGoOn) return next;
  for (const auto& attempt : attempts) succeed(session, attempt, turn, outcomes);
  return Next::kGoOn;
}

GroupRunner::Next GroupRunner::commit(Session& session, const std::deque<Job>& turn,
                                      std::size_t count) {
  if (session.transaction() != TransactionState::kOpen || !may_act(turn, count)) {
    return give_way(session, {}, count);
  }
  if (auto fault = session.commit()) {
    // No position tells which request it was: smaller groups find it.
    if (is_permanent(*fault)) fault->cls = ErrorClass::kTransient;
    return give_way(session, std::move(*fault), count);
  }
  group_limit_ = std::min(limits_.group_max, group_limit_ * 2);
  return Next::kGoOn;
}

GroupRunner::Next GroupRunner::give_way(Session& session, DriverFault fault, std::size_t count) {
  group_limit_ = std::max<std::size_t>(count / 2, 1);
  fault_ = std::move(fault);
  if (ends_session(fault_)) return Next::kReplace;
  if (session.transaction() != TransactionState::kNone && session.rollback()) {
    return Next::kReplace;
  }
  return Next::kRest;
}

GroupRunner::Next GroupRunner::fail_alone(Session& session, const Attempt& attempt,
                                          DriverFault fault, std::deque<Job>& turn,
                                          std::vector<Outcome>& outcomes) {
  if (is_permanent(fault)) {
    fail(session, attempt, fault, ErrorId::kExecutionFailed, turn, outcomes);
    const bool is_clean = session.transaction() == TransactionState::kNone || !session.rollback();
    return is_clean ? Next::kGoOn : Next::kReplace;
  }
  const bool is_counted = fault.cls != ErrorClass::kReadOnly;
  if (is_counted && ++turn.front().failures >= limits_.retry_max) {
    fail(session, attempt, fault, ErrorId::kRetriesExhausted, turn, outcomes);
  }
  return give_way(session, std::move(fault), 1);
}

void GroupRunner::succeed(Session& session, const Attempt& attempt, std::deque<Job>& turn,
                          std::vector<Outcome>& outcomes) const {
  auto& job = turn.front();
  Verdict verdict{.error = attempt.error(),
                  .dbtype = session.dbtype(),
                  .affected = attempt.affected(),
                  .started_at = attempt.started_at(),
                  .executed = attempt.executed()};
  const bool is_too_large = verdict.error == ErrorId::kReplyTooLarge;
  if (is_too_large) {
    verdict.message = "the result exceeds reply_max (" + std::to_string(limits_.reply_max) +
                      " bytes) and MAX_ROWS did not cut it; what it wrote has taken effect";
  } else if (verdict.error == ErrorId::kNotFound) {
    verdict.message = "neither UPDATE nor INSERT changed a row";
  }
  outcomes.push_back(concluder_.conclude(job.admitted.delivery, job.request(), verdict,
                                         is_too_large ? nullptr : attempt.result()));
  turn.pop_front();
}

void GroupRunner::fail(Session& session, const Attempt& attempt, const DriverFault& fault,
                       ErrorId error, std::deque<Job>& turn, std::vector<Outcome>& outcomes) const {
  auto& job = turn.front();
  outcomes.push_back(concluder_.conclude(job.admitted.delivery, job.request(),
                                         {.error = error,
                                          .message = fault.message,
                                          .sqlstate = fault.sqlstate,
                                          .dbtype = session.dbtype(),
                                          .started_at = attempt.started_at(),
                                          .executed = attempt.executed()},
                                         nullptr));
  turn.pop_front();
}

}  // namespace sqlbus
