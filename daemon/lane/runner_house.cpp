#include "daemon/lane/runner_house.hpp"

#include <utility>

namespace sqlbus {

void RunnerHouse::observe(const Job& job, const Attempt& attempt, EpochTime now) const {
  const auto timestamp = job.request().timestamp;
  metrics->observe({.queued = attempt.started_at() - timestamp,
                    .executed = attempt.executed(),
                    .total = now - timestamp});
}

void end_front(Turn& turn, Outcome outcome, Outcomes& outcomes) {
  outcomes.push_back(std::move(outcome));
  turn.pop_front();
}

}  // namespace sqlbus
