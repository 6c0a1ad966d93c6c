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

GroupTransaction::GroupTransaction(Session& session, const std::deque<Job>& turn, std::size_t count,
                                   const TransactionHouse& house, bool is_careful)
    : session_(session), turn_(turn), house_(house) {
  if (house.has_ledger) {
    ledger_.emplace(turn, count, house.clock);
    count = ledger_->size();
  }
  members_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    members_.push_back({Attempt(turn[i].request(), house.reply_max)});
  }
  if (is_careful && count > 1) step_ = std::max(kSavepointStep, count / kSavepointsMax + 1);
}

End GroupTransaction::run() {
  if (const auto ended = open()) return *ended;
  if (const auto ended = execute()) return *ended;
  if (const auto ended = record()) return *ended;
  return commit();
}

GroupLedger::Verdict GroupTransaction::verdict(std::size_t index) const {
  return ledger_ ? (*ledger_)[index].verdict : GroupLedger::Verdict::kRun;
}

bool GroupTransaction::may_act() const {
  return std::all_of(turn_.begin(), turn_.begin() + static_cast<std::ptrdiff_t>(members_.size()),
                     [](const Job& job) { return job.admitted.delivery.batch->may_act(); });
}

bool GroupTransaction::is_due(std::size_t index) const {
  const auto& deadline = turn_[index].request().deadline;
  return deadline && house_.clock.now() >= *deadline;
}

std::optional<EpochTime> GroupTransaction::earliest_deadline() const {
  std::optional<EpochTime> earliest;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const auto& deadline = turn_[i].request().deadline;
    if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
  }
  return earliest;
}

End GroupTransaction::end(End end, DriverFault fault) {
  fault_ = std::move(fault);
  return end;
}

std::optional<End> GroupTransaction::open() {
  const DeadlineWatch::Guard guard(house_.watch, earliest_deadline(), house_.clock);
  if (auto fault = session_.begin(Access::kReadWrite)) return end(End::kBlocked, std::move(*fault));
  if (ledger_) {
    if (auto fault = ledger_->claim(session_, turn_)) return end(End::kBlocked, std::move(*fault));
    crash_point("ledger_written");
  }
  for (std::size_t i = 0; i < members_.size(); ++i) running_ += runs(i) ? 1 : 0;
  return std::nullopt;
}

std::optional<End> GroupTransaction::execute() {
  while (next_ < members_.size()) {
    const auto index = next_++;
    if (!runs(index) || members_[index].failure) continue;
    const bool is_apart = !safe_ || index - *safe_ >= step_;
    if (step_ > 0 && is_apart) {
      if (auto fault = session_.savepoint(kGroupLevel)) {
        return end(End::kBroken, std::move(*fault));
      }
      safe_ = index;
    }
    if (const auto ended = execute_one(index)) return ended;
  }
  return std::nullopt;
}

std::optional<End> GroupTransaction::execute_one(std::size_t index) {
  position_ = index;
  if (index > 0 && is_due(index)) return End::kLate;
  const auto& request = turn_[index].request();
  const DeadlineWatch::Guard guard(house_.watch, request.deadline, house_.clock);
  crash_point("executing");
  if (turn_[index].is_replay()) crash_point("replaying");
  // Anew, since it may have run before and been taken back.
  members_[index].attempt = Attempt(request, house_.reply_max);
  if (auto fault = members_[index].attempt.run(session_, house_.clock)) {
    return fail_one(index, std::move(*fault));
  }
  // The same transaction must still be open: what a statement has committed by itself would be
  // taken for rolled back, or the other way round.
  if (running_ > 1 && session_.transaction() != TransactionState::kOpen) return End::kOver;
  return std::nullopt;
}

std::optional<End> GroupTransaction::fail_one(std::size_t index, DriverFault fault) {
  if (fault.cls == ErrorClass::kCancelled && turn_[index].request().deadline &&
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
  return std::nullopt;
}

// What copies of these requests will be told, in the same transaction as their effects.
std::optional<End> GroupTransaction::record() {
  if (!ledger_) return std::nullopt;
  LedgerTable table(session_);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!runs(i)) continue;
    auto row = (*ledger_)[i].row;
    const auto& member = members_[i];
    if (member.failure) {
      row = failure_row(row, *member.failure);
    } else if (turn_[i].request().sync) {
      row.answer = encode_answer({.error = member.attempt.error(),
                                  .message = member.attempt.message(),
                                  .affected = member.attempt.affected()},
                                 member.attempt.shown_result(), house_.answer_max);
    } else {
      continue;
    }
    if (auto fault = table.record(row)) return end(End::kBroken, std::move(*fault));
  }
  return std::nullopt;
}

End GroupTransaction::commit() {
  const auto state = session_.transaction();
  // One that ran alone has ended it by itself: what it did stands, and its ledger row with it.
  if (state == TransactionState::kNone && running_ == 1) return End::kCommitted;
  if (state == TransactionState::kNone) return End::kOver;
  if (state != TransactionState::kOpen) return End::kBroken;
  if (!may_act()) return End::kFenced;
  crash_point("before_commit");
  if (auto fault = session_.commit()) {
    // No position tells which request it was, unless there was only one.
    const bool is_its_own = is_permanent(*fault) && running_ == 1;
    if (is_permanent(*fault) && !is_its_own) fault->cls = ErrorClass::kTransient;
    return end(is_its_own ? End::kFailedAlone : End::kBroken, std::move(*fault));
  }
  crash_point("after_commit");
  return End::kCommitted;
}

}  // namespace sqlbus
