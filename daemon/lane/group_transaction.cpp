#include "daemon/lane/group_transaction.hpp"

#include <algorithm>
#include <utility>

#include "daemon/crash_point.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus {
namespace {

using End = GroupTransaction::End;

constexpr std::uint32_t kGroupLevel = 0;  // of savepoints; level 1 is a pair's
// At one bad statement in a hundred 8 others are run again for each; PostgreSQL slows down for
// everyone once a transaction has more than 64 savepoints.
constexpr std::size_t kSavepointStep = 16;
constexpr std::size_t kSavepointsMax = 60;

constexpr std::string_view kStateOfNone = "HY000";  // a failure has a state, else it would be none

LedgerRow failure_row(const LedgerRow& row, const DriverFault& fault) {
  auto failed = row;
  failed.sqlstate = fault.sqlstate.empty() ? std::string(kStateOfNone) : fault.sqlstate;
  failed.message = fault.message;
  return failed;
}

}  // namespace

GroupTransaction::GroupTransaction(Session& session, const Turn& jobs,
                                   const TransactionHouse& house, bool is_careful)
    : session_(session), jobs_(jobs), house_(house) {
  auto count = jobs.size();
  if (house.has_ledger) {
    ledger_.emplace(jobs, count, house.clock);
    count = ledger_->size();
  }
  members_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    members_.push_back({Attempt(jobs[i].request(), house.reply_max)});
  }
  if (is_careful && count > 1) step_ = std::max(kSavepointStep, count / kSavepointsMax + 1);
}

End GroupTransaction::run(std::function<void()> on_preceded) {
  on_preceded_ = std::move(on_preceded);
  running_ = members_.size();
  while (!is_begun_ || next_ < members_.size()) {
    if (const auto ended = step()) return *ended;
  }
  return End::kReady;
}

GroupLedger::Verdict GroupTransaction::verdict(std::size_t index) const {
  return ledger_ ? (*ledger_)[index].verdict : GroupLedger::Verdict::kRun;
}

bool GroupTransaction::may_act() const {
  return std::all_of(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(members_.size()),
                     [](const Job& job) { return job.admitted.delivery.batch->may_act(); });
}

bool GroupTransaction::is_due(std::size_t index) const {
  const auto& deadline = jobs_[index].request().deadline;
  return deadline && house_.clock.now() >= *deadline;
}

End GroupTransaction::end(End end, DriverFault fault) {
  fault_ = std::move(fault);
  return end;
}

// The earliest DEADLINE came while another one ran.
End GroupTransaction::late() {
  position_ = *earliest_;
  return End::kLate;
}

std::optional<End> GroupTransaction::step() {
  while (is_begun_ && next_ < members_.size() && !waits(next_)) ++next_;
  if (is_begun_ && next_ == members_.size()) return std::nullopt;
  if (is_begun_ && members_[next_].attempt.is_pair()) return execute_pair(next_++);
  return execute_segment();
}

// What a pair does next depends on what it has found.
std::optional<End> GroupTransaction::execute_pair(std::size_t index) {
  position_ = index;
  if (index > 0 && is_due(index)) return End::kLate;
  if (needs_savepoint(index)) {
    if (auto fault = session_.savepoint(kGroupLevel)) return end(End::kBroken, std::move(*fault));
    safe_ = index;
    marked_ = index;
  }
  const auto& request = jobs_[index].request();
  const DeadlineWatch::Guard guard(house_.watch, request.deadline, house_.clock);
  crash_point("executing");
  if (jobs_[index].is_replay()) crash_point("replaying");
  // Anew, since it may have run before and been taken back.
  members_[index].attempt = Attempt(request, house_.reply_max);
  auto fault = members_[index].attempt.run(session_, house_.clock);
  note_pair(index);
  if (fault) return fail_one(index, std::move(*fault));
  return is_over() ? std::optional(End::kOver) : std::nullopt;
}

std::optional<End> GroupTransaction::execute_segment() {
  gather();
  if (earliest_ && *earliest_ > 0 && is_due(*earliest_)) return late();
  std::vector<const LedgerRow*> rows;
  if (!is_begun_ && ledger_) rows = ledger_->rows();
  auto begun = std::chrono::steady_clock::now();
  Group group{.begins = !is_begun_, .rows = rows, .executions = executions_, .on_committed = [&] {
                on_preceded_();
                begun = std::chrono::steady_clock::now();
              }};
  MaybeFault fault;
  {
    const DeadlineWatch::Guard guard(
        house_.watch, earliest_ ? jobs_[*earliest_].request().deadline : std::nullopt,
        house_.clock);
    crash_point("executing");
    fault = session_.execute_group(group);
  }
  const auto executed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  if (!fault || group.failed_step == Group::Step::kItems) note_segment(executed);
  if (fault) return fail_segment(group, std::move(*fault));
  if (!std::exchange(is_begun_, true) && ledger_) crash_point("ledger_written");
  take_outcomes(executed);
  if (is_over()) return End::kOver;
  // One of several may have been started after its DEADLINE.
  if (members_.size() > 1 && earliest_ && house_.watch.has_fired()) return late();
  return std::nullopt;
}

void GroupTransaction::note_pair(std::size_t index) const {
  if (house_.statements == nullptr) return;
  const auto& attempt = members_[index].attempt;
  house_.statements->ran(jobs_[index], attempt.executed(), attempt.affected());
}

void GroupTransaction::note_segment(std::chrono::microseconds executed) const {
  if (house_.statements == nullptr || !house_.statements->is_wanted(executed)) return;
  std::vector<const Job*> jobs;
  std::int64_t affected = 0;
  for (std::size_t i = 0; i < executions_.size(); ++i) {
    const auto* job = &jobs_[owners_[i]];
    if (jobs.empty() || jobs.back() != job) jobs.push_back(job);
    affected += executions_[i].affected;
  }
  house_.statements->ran_together(jobs, executed, affected);
}

void GroupTransaction::gather() {
  executions_.clear();
  owners_.clear();
  earliest_.reset();
  for (; next_ < members_.size(); ++next_) {
    if (!waits(next_)) continue;
    if (members_[next_].attempt.is_pair()) return;
    // What failed as a set is looked at before the rest is sent once more.
    if (next_ == singly_until_ && !executions_.empty()) return;
    add(next_);
  }
}

void GroupTransaction::add(std::size_t index) {
  const auto& request = jobs_[index].request();
  if (jobs_[index].is_replay()) crash_point("replaying");
  auto& attempt = members_[index].attempt;
  const auto first = executions_.size();
  attempt.add_to(executions_);
  attempt.begin(house_.clock);
  owners_.resize(executions_.size(), index);
  if (needs_savepoint(index)) {
    executions_[first].has_savepoint = true;
    marked_ = index;
  }
  executions_[first].may_merge = house_.merges_inserts && index >= singly_until_ && !request.sync &&
                                 request.form == Request::Form::kSingle;
  const auto is_earlier = [&] {
    return !earliest_ || *request.deadline < *jobs_[*earliest_].request().deadline;
  };
  if (request.deadline && is_earlier()) earliest_ = index;
}

bool GroupTransaction::needs_savepoint(std::size_t index) const {
  return step_ > 0 && (!marked_ || index - *marked_ >= step_);
}

// The same transaction must still be open: what a statement has committed by itself would be taken
// for rolled back, or the other way round.
bool GroupTransaction::is_over() const {
  return running_ > 1 && session_.transaction() != TransactionState::kOpen;
}

void GroupTransaction::take_outcomes(std::chrono::microseconds executed) {
  for (std::size_t i = 0; i < executions_.size();) {
    const auto owner = owners_[i];
    std::int64_t affected = 0;
    for (; i < executions_.size() && owners_[i] == owner; ++i) {
      affected += executions_[i].affected;
      if (executions_[i].has_savepoint) safe_ = owner;
    }
    members_[owner].attempt.end(executed, affected);
  }
}

std::optional<End> GroupTransaction::fail_segment(const Group& group, DriverFault fault) {
  if (group.failed_step == Group::Step::kCommit) return end(End::kNotPreceded, std::move(fault));
  const bool has_fired = earliest_ && house_.watch.has_fired();
  const bool is_cancelled = fault.cls == ErrorClass::kCancelled && has_fired;
  if (group.failed_step != Group::Step::kItems) {
    if (is_cancelled && members_.size() > 1) return late();
    const bool is_known =
        group.failed_step == Group::Step::kLedger && fault.sqlstate == kUniqueViolation;
    return is_known ? claim_others() : end(End::kBlocked, std::move(fault));
  }
  is_begun_ = true;
  const auto failed = std::min(group.completed, executions_.size() - 1);
  for (std::size_t i = 0; i <= failed; ++i) {
    if (executions_[i].has_savepoint) safe_ = owners_[i];
  }
  const auto index = owners_[failed];
  if (is_cancelled && index != *earliest_ && !is_due(index)) return late();
  if (group.suspects > 1) return fail_set(group, index, std::move(fault));
  const auto first = std::find(owners_.begin(), owners_.end(), index) - owners_.begin();
  return fail_one(index, members_[index].attempt.named(std::move(fault),
                                                       failed - static_cast<std::size_t>(first)));
}

// One of several that ran as a set has failed. Where a savepoint takes few others back they run one
// by one, to find which.
std::optional<End> GroupTransaction::fail_set(const Group& group, std::size_t index,
                                              DriverFault fault) {
  position_ = index;
  if (!is_permanent(fault)) return end(End::kBroken, std::move(fault));
  if (session_.transaction() == TransactionState::kNone) return end(End::kOver, std::move(fault));
  const auto first = executions_.begin() + static_cast<std::ptrdiff_t>(group.completed);
  const auto count = std::min(group.suspects, executions_.size() - group.completed);
  const auto last = first + static_cast<std::ptrdiff_t>(count) - 1;
  // With a savepoint among them nobody knows which one stands: it would take back too little.
  const bool is_safe = safe_ && std::none_of(first + 1, last + 1, [](const Execution& execution) {
                         return execution.has_savepoint;
                       });
  if (!is_safe) return end(End::kFailedInside, std::move(fault));
  if (auto broken = session_.rollback_to_savepoint(kGroupLevel)) {
    return end(End::kBroken, std::move(*broken));
  }
  singly_until_ = owners_[static_cast<std::size_t>(last - executions_.begin())] + 1;
  next_ = *safe_;
  marked_ = safe_;
  return std::nullopt;
}

// Some have been here before. The others go in without them.
std::optional<End> GroupTransaction::claim_others() {
  if (auto fault = ledger_->claim_others(session_, jobs_)) {
    return end(End::kBlocked, std::move(*fault));
  }
  crash_point("ledger_written");
  is_begun_ = true;
  next_ = 0;
  marked_.reset();
  running_ = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) running_ += runs(i) ? 1 : 0;
  return std::nullopt;
}

std::optional<End> GroupTransaction::fail_one(std::size_t index, DriverFault fault) {
  position_ = index;
  if (fault.cls == ErrorClass::kCancelled && jobs_[index].request().deadline &&
      house_.watch.has_fired()) {
    return end(End::kCancelled, std::move(fault));
  }
  if (!is_permanent(fault)) return end(End::kBroken, std::move(fault));
  if (running_ == 1) return end(End::kFailedAlone, std::move(fault));
  if (session_.transaction() == TransactionState::kNone) return end(End::kOver, std::move(fault));
  if (!safe_) return end(End::kFailedInside, std::move(fault));
  if (auto broken = session_.rollback_to_savepoint(kGroupLevel)) {
    return end(End::kBroken, std::move(*broken));
  }
  members_[index].failure = std::move(fault);
  next_ = *safe_;
  marked_ = safe_;
  singly_until_ = 0;  // without it the others may be a set again
  return std::nullopt;
}

// What copies of these requests will be told, in the same transaction as their effects.
std::vector<LedgerRow> GroupTransaction::records() const {
  std::vector<LedgerRow> records;
  if (!ledger_) return records;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!runs(i)) continue;
    const auto& member = members_[i];
    if (member.failure) {
      records.push_back(failure_row((*ledger_)[i].row, *member.failure));
    } else if (jobs_[i].request().sync) {
      auto& row = records.emplace_back((*ledger_)[i].row);
      row.answer = encode_answer({.error = member.attempt.error(),
                                  .message = member.attempt.message(),
                                  .affected = member.attempt.affected()},
                                 member.attempt.shown_result(), house_.answer_max);
    }
  }
  return records;
}

End GroupTransaction::commit(bool may_wait) {
  const auto state = session_.transaction();
  // One that ran alone has ended it by itself: what it did stands, and its ledger row with it.
  if (state == TransactionState::kNone && running_ == 1) {
    const auto kept = records();
    if (!kept.empty() && !session_.begin(Access::kReadWrite)) session_.commit(kept);
    return End::kCommitted;
  }
  if (state == TransactionState::kNone) return End::kOver;
  if (state != TransactionState::kOpen) return End::kBroken;
  if (!may_act()) return End::kFenced;
  crash_point("before_commit");
  if (!may_wait || !session_.can_start_commit()) return end_commit(session_.commit(records()));
  auto fault = session_.start_commit(records());
  return fault ? end_commit(std::move(fault)) : End::kCommitting;
}

End GroupTransaction::end_commit(MaybeFault fault) {
  if (!fault) {
    crash_point("after_commit");
    return End::kCommitted;
  }
  // No position tells which request it was, unless there was only one; and a cancel was meant for
  // another statement.
  const bool is_its_own = is_permanent(*fault) && running_ == 1;
  const bool may_pass = is_permanent(*fault) || fault->cls == ErrorClass::kCancelled;
  if (may_pass && !is_its_own) fault->cls = ErrorClass::kTransient;
  for (position_ = 0; is_its_own && !runs(position_);) ++position_;
  return end(is_its_own ? End::kFailedAlone : End::kBroken, std::move(*fault));
}

}  // namespace sqlbus
