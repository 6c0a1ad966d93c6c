#include "daemon/status/health.hpp"

#include <algorithm>
#include <optional>

namespace sqlbus {
namespace {

using std::chrono::nanoseconds;

// So many times the time that it may take: then it is not late but stuck.
constexpr int kPatience = 2;

std::string seconds_text(nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

Health stuck(nanoseconds since, nanoseconds now, const std::string& what) {
  return {Health::State::kStuck, since, what + " for " + seconds_text(now - since)};
}

// A server that takes connections and does not answer. The parts of it that an answer may take by
// itself, where a command waits for requests, do not count.
std::optional<Health> judge_silence(const RedisContact& contact, const std::string& name,
                                    milliseconds operate_timeout, nanoseconds now) {
  const auto limit = kPatience * operate_timeout + contact.block;
  if (!contact.silent_since || now - *contact.silent_since <= limit) return std::nullopt;
  auto found = stuck(*contact.silent_since, now, "redis does not answer on " + name);
  found.is_outage = true;
  return found;
}

// Longer than the intake rests at a time.
constexpr nanoseconds kRest = std::chrono::seconds(3);

// How long an activity may last; nothing: as long as the databases take.
std::optional<nanoseconds> limit_of(const HealthFacts& facts, Activity::Doing doing) {
  const nanoseconds answer = kPatience * facts.operate_timeout;
  switch (doing) {
    case Activity::Doing::kClaiming:
      return answer;
    case Activity::Doing::kWaiting:
      return answer + facts.lease / 3;
    case Activity::Doing::kResting:
      return std::max<nanoseconds>(kPatience * answer, kRest);
    case Activity::Doing::kReadingBack:
    case Activity::Doing::kForConnection:
      return kPatience * answer;
    case Activity::Doing::kNothing:
    case Activity::Doing::kWithoutRoom:
    case Activity::Doing::kWithoutLease:
    case Activity::Doing::kForSuspect:
      break;
  }
  return std::nullopt;
}

std::optional<Health> judge_queue(const HealthFacts& facts, const HealthFacts::Queue& queue,
                                  nanoseconds now) {
  auto silent =
      judge_silence(queue.blocking, "the connection that waits for requests of " + queue.name,
                    facts.operate_timeout, now);
  if (silent || !queue.is_owned || !facts.control.is_up) return silent;
  if (now - queue.asked_at > kPatience * facts.lease) {
    return stuck(queue.asked_at, now, "the lease of " + queue.name + " was not renewed");
  }
  const auto limit = limit_of(facts, queue.activity.doing);
  const auto since = queue.activity.since;
  if (!limit || facts.is_paused || now - since <= *limit) return std::nullopt;
  return stuck(since, now,
               "the intake of " + queue.name + " " + std::string(to_string(queue.activity.doing)));
}

std::optional<Health> judge_stuck(const HealthFacts& facts, nanoseconds now) {
  if (auto found =
          judge_silence(facts.control, "the control connection", facts.operate_timeout, now)) {
    return found;
  }
  for (const auto& queue : facts.queues) {
    if (auto found = judge_queue(facts, queue, now)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Health::State state) {
  switch (state) {
    case Health::State::kStarting:
      return "starting";
    case Health::State::kWorking:
      return "working";
    case Health::State::kIdle:
      return "idle";
    case Health::State::kHeldUp:
      return "held_up";
    case Health::State::kPaused:
      return "paused";
    case Health::State::kStandby:
      return "standby";
    case Health::State::kRedisDown:
      return "redis_down";
    case Health::State::kStopping:
      return "stopping";
    case Health::State::kStuck:
      break;
  }
  return "stuck";
}

Health judge_health(const HealthFacts& facts, nanoseconds now) {
  using State = Health::State;
  // Who stops has closed what would be missed, and has a time limit of its own.
  if (facts.is_stopping) return {State::kStopping, facts.progress_at, {}};
  if (auto found = judge_stuck(facts, now)) return *std::move(found);
  if (!facts.control.is_up) {
    return {State::kRedisDown, facts.control.since, facts.control.reason};
  }
  if (facts.is_starting) return {State::kStarting, facts.progress_at, {}};
  if (facts.is_paused) return {State::kPaused, facts.progress_at, {}};
  const auto& queues = facts.queues;
  if (std::none_of(queues.begin(), queues.end(), [](const auto& each) { return each.is_owned; })) {
    return {State::kStandby, facts.control.since, "other daemons own the queues"};
  }
  for (const auto& queue : queues) {
    if (!queue.is_owned || queue.blocked_reason.empty()) continue;
    return {State::kHeldUp, queue.activity.since, queue.name + ": " + queue.blocked_reason};
  }
  return {facts.is_busy ? State::kWorking : State::kIdle, facts.progress_at, {}};
}

}  // namespace sqlbus
