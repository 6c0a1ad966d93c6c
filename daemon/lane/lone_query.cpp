#include "daemon/lane/lone_query.hpp"

#include <algorithm>
#include <utility>

#include "daemon/crash_point.hpp"

namespace sqlbus {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// So long the rows that nobody wants may still come, before the statement is cancelled for them.
constexpr milliseconds kSurplus{20};
constexpr milliseconds kLongest{3600 * 1000};

}  // namespace

LoneQuery::LoneQuery(EventLoop& loop, GroupRunner& runner, DeadlineWatch& watch,
                     const BusClock& clock, const LimitSettings& limits, Events events)
    : runner_(runner),
      deadline_watch_(watch),
      clock_(clock),
      limits_(limits),
      events_(std::move(events)),
      socket_(loop, [this] { step(); }),
      timer_(loop, [this] { cancel(); }) {}

bool LoneQuery::start(Session& session, Job& job) {
  turn_.push_back(std::move(job));
  attempt_.emplace(turn_.front().request(), limits_.reply_max, Access::kReadsOnly);
  executions_.clear();
  attempt_->add_to(executions_);
  attempt_->begin(clock_);
  begun_ = steady_clock::now();
  // Watched first: once it runs nothing else would tell of its end.
  if (!socket_.start(session.socket()) || session.start(executions_.front())) {
    socket_.stop();
    attempt_.reset();
    job = std::move(turn_.front());
    turn_.clear();
    return false;
  }
  crash_point("executing");
  session_ = &session;
  is_surplus_ = false;
  watch_time();
  return true;
}

void LoneQuery::step() {
  MaybeFault fault;
  if (session_->step(fault)) return finish(std::move(fault));
  if (attempt_->has_enough() && !std::exchange(is_surplus_, true)) timer_.start(kSurplus);
}

void LoneQuery::watch_time() {
  const auto& deadline = turn_.front().request().deadline;
  if (!deadline) return;
  const auto left = std::chrono::ceil<milliseconds>(*deadline - clock_.now());
  timer_.start(std::min(left, kLongest));
}

// Cancelling may have to wait for a server, and is done by the watch's own thread.
void LoneQuery::cancel() {
  const auto now = clock_.now();
  const auto& deadline = turn_.front().request().deadline;
  if (!attempt_->has_enough() && deadline && now < *deadline) return watch_time();
  cancelling_.emplace(deadline_watch_, now, clock_);
}

void LoneQuery::finish(MaybeFault fault) {
  socket_.stop();
  timer_.stop();
  const bool is_cancelled = cancelling_.has_value();
  cancelling_.reset();
  attempt_->end(std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun_),
                executions_.front().affected);
  const bool is_late = fault && fault->cls == ErrorClass::kCancelled && is_cancelled;
  std::vector<Outcome> outcomes;
  if (!fault || is_permanent(*fault) || is_late) {
    runner_.end_query(*session_, turn_, *attempt_, std::move(fault), outcomes);
  }
  session_ = nullptr;
  attempt_.reset();
  if (turn_.empty()) return events_.on_done(std::move(outcomes));
  auto job = std::move(turn_.front());
  turn_.clear();
  events_.on_left(std::move(job));
}

}  // namespace sqlbus
