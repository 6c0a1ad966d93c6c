#include "daemon/lane/group_runner.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
namespace {

using Next = GroupRunner::Next;
using Mode = Admitted::Mode;
using End = GroupTransaction::End;

// A pair has a savepoint of its own, of which a transaction should not have many.
constexpr std::size_t kPairsMax = 60;
// Of envelopes in one transaction.
constexpr std::size_t kGroupBytes = std::size_t{8} << 20U;

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
      aftermath_(house_),
      lone_(house_, outcomes_, aftermath_) {}

void GroupRunner::use_ledger(bool has_ledger) {
  has_ledger_ = has_ledger;
  lone_.use_ledger(has_ledger);
}

Next GroupRunner::run(Session& session, Turn& turn, Outcomes& outcomes) {
  aftermath_.forget();
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
      return lone_.settle_question(session, turn, outcomes);
    case Way::kQuery:
      return lone_.run_query(session, turn, outcomes);
    case Way::kBare:
      return lone_.run_bare(session, turn, outcomes);
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

std::size_t GroupRunner::group_size(const Turn& turn) const {
  const auto group_limit = aftermath_.pace().limit(house_.limits.group_max);
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

Next GroupRunner::run_transaction(Session& session, Turn& turn, std::size_t count,
                                  Outcomes& outcomes) {
  const bool is_alone = turn.front().admitted.mode == Mode::kAlone;
  auto group = std::make_unique<OpenGroup>(session, turn, count, transaction_house(),
                                           aftermath_.pace().is_careful());
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
  if (end != End::kBlocked) aftermath_.note_begun();
  if (end == End::kCommitted) {
    const bool was_alone = open.jobs().front().admitted.mode == Mode::kAlone;
    conclude(session, open, outcomes);
    return was_alone ? aftermath_.tidy(session) : Next::kGoOn;
  }
  auto& turn = open.put_back();
  switch (end) {
    case End::kBlocked:
      return aftermath_.blocked(session, group.fault());
    case End::kFenced:
      return aftermath_.roll_back(session, Next::kHold);
    case End::kLate:
      aftermath_.pace().shrink_to(group.position());
      return aftermath_.roll_back(session, Next::kGoOn);
    case End::kCancelled:
      return lone_.cancel(session, turn, group.position(), group[group.position()].attempt,
                          outcomes);
    case End::kFailedInside:
      aftermath_.pace().be_careful();
      return aftermath_.roll_back(session, Next::kGoOn);
    case End::kOver:
      aftermath_.pace().shrink_to(1);
      return aftermath_.roll_back(session, Next::kGoOn);
    case End::kBroken:
      return end_broken(session, group, turn, outcomes);
    default:
      return end_failed_alone(session, group, turn, outcomes);
  }
}

Next GroupRunner::end_broken(Session& session, const GroupTransaction& group, Turn& turn,
                             Outcomes& outcomes) {
  if (group.fault().cls == ErrorClass::kAgain && aftermath_.may_go_again()) {
    return aftermath_.roll_back(session, Next::kGoOn);
  }
  if (group.size() > 1) {
    house_.metrics->retries.add();
    return aftermath_.give_way(session, turn, group.fault(), group.size());
  }
  return lone_.fail(session, turn, group[0].attempt, group.fault(), outcomes);
}

Next GroupRunner::end_failed_alone(Session& session, const GroupTransaction& group, Turn& turn,
                                   Outcomes& outcomes) {
  // Copies before it, which the ledger answers, go first.
  if (group.position() > 0) {
    aftermath_.pace().shrink_to(group.position());
    return aftermath_.roll_back(session, Next::kGoOn);
  }
  const auto& front = turn.front();
  if (front.admitted.mode == Mode::kAlone && is_single(front.request()) &&
      refuses_transaction(group.fault())) {
    const auto next = aftermath_.roll_back(session, Next::kGoOn);
    return next == Next::kGoOn ? lone_.run_outside(session, turn, outcomes) : next;
  }
  return lone_.fail(session, turn, group[0].attempt, group.fault(), outcomes);
}

void GroupRunner::conclude(const Session& session, OpenGroup& open, Outcomes& outcomes) {
  const auto& group = open.transaction();
  auto& jobs = open.jobs();
  const auto now = house_.clock.now();
  house_.metrics->group_size.observe(static_cast<std::int64_t>(group.size()));
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto verdict = group.verdict(i);
    const auto& member = group[i];
    if (verdict == GroupLedger::Verdict::kRun) house_.observe(jobs[i], member.attempt, now);
    if (verdict != GroupLedger::Verdict::kRun) {
      outcomes.push_back(outcomes_.repeated(session, verdict, group.known(i), jobs[i]));
    } else if (member.failure) {
      outcomes.push_back(outcomes_.failed(session, member.attempt, *member.failure,
                                          ErrorId::kExecutionFailed, jobs[i]));
    } else {
      outcomes.push_back(outcomes_.succeeded(session, member.attempt, jobs[i]));
    }
  }
  aftermath_.note_committed();
  aftermath_.note_begun();
  aftermath_.grow(group.size());
  if (has_ledger_) remembered_ += group.size();
}

}  // namespace sqlbus
