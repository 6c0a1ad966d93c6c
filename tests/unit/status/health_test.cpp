#include "daemon/status/health.hpp"

#include <doctest/doctest.h>

namespace sqlbus {
namespace {

using std::chrono::seconds;
using State = Health::State;
using Doing = Activity::Doing;

constexpr std::chrono::nanoseconds kNow = seconds(10000);

// A daemon that owns its queue and waits for requests; operate_timeout 5 s, lease 10 s.
HealthFacts idle() {
  HealthFacts facts{
      .progress_at = kNow - seconds(60), .operate_timeout = seconds(5), .lease = seconds(10)};
  facts.control = {.is_up = true, .since = kNow - seconds(600)};
  facts.queues.push_back({.name = "q",
                          .is_owned = true,
                          .asked_at = kNow - seconds(1),
                          .activity = {Doing::kWaiting, kNow - seconds(2)},
                          .blocking = {.is_up = true}});
  return facts;
}

}  // namespace

TEST_CASE("who has nothing to do is idle, and who has is at work") {
  auto facts = idle();
  CHECK(judge_health(facts, kNow).state == State::kIdle);
  CHECK(judge_health(facts, kNow).since == facts.progress_at);
  facts.is_busy = true;
  facts.queues[0].activity = {Doing::kWithoutRoom, kNow - seconds(3600)};
  CHECK(judge_health(facts, kNow).state == State::kWorking);  // a statement may take its time
  CHECK(judge_health(facts, kNow).is_well());
}

TEST_CASE("a server that takes connections and does not answer is told from one that is away") {
  auto facts = idle();
  facts.control.silent_since = kNow - seconds(9);
  CHECK(judge_health(facts, kNow).state == State::kIdle);
  facts.control.silent_since = kNow - seconds(11);
  const auto health = judge_health(facts, kNow);
  CHECK(health.state == State::kStuck);
  CHECK_FALSE(health.is_well());
  CHECK(health.takes_steps());  // by trying again
  CHECK(health.since == *facts.control.silent_since);
  CHECK(health.detail == "redis does not answer on the control connection for 11 s");
  facts.control.is_up = false;  // it is tried again, and still says nothing
  CHECK(judge_health(facts, kNow).state == State::kStuck);

  facts.control = {.is_up = false, .since = kNow - seconds(100), .reason = "refused"};
  const auto down = judge_health(facts, kNow);
  CHECK(down.state == State::kRedisDown);
  CHECK(down.is_well());
  CHECK(down.detail == "refused");
}

TEST_CASE("a pop may wait its time for requests, and not longer") {
  auto facts = idle();
  auto& queue = facts.queues[0];
  queue.blocking.block = seconds(100);
  queue.blocking.silent_since = kNow - seconds(109);
  CHECK(judge_health(facts, kNow).state == State::kIdle);
  queue.blocking.silent_since = kNow - seconds(111);
  CHECK(judge_health(facts, kNow).state == State::kStuck);
}

TEST_CASE("each step of the intake has its time; beyond, it is stuck") {
  struct Step {
    Doing doing;
    int limit_s;  // 0: none
  };
  for (const auto& [doing, limit_s] :
       {Step{Doing::kClaiming, 10}, Step{Doing::kWaiting, 13}, Step{Doing::kReadingBack, 20},
        Step{Doing::kResting, 20}, Step{Doing::kForConnection, 20}, Step{Doing::kWithoutRoom, 0},
        Step{Doing::kForSuspect, 0}, Step{Doing::kWithoutLease, 0}, Step{Doing::kNothing, 0}}) {
    CAPTURE(to_string(doing));
    auto facts = idle();
    auto& activity = facts.queues[0].activity;
    activity = {doing, kNow - seconds(limit_s == 0 ? 9999 : limit_s - 1)};
    CHECK(judge_health(facts, kNow).is_well());
    if (limit_s == 0) continue;
    activity.since = kNow - seconds(limit_s + 1);
    CHECK_FALSE(judge_health(facts, kNow).is_well());
    CHECK_FALSE(judge_health(facts, kNow).takes_steps());
    // Of a queue that is another daemon's it means nothing.
    facts.queues[0].is_owned = false;
    CHECK(judge_health(facts, kNow).is_well());
    facts.queues[0].is_owned = true;
    facts.is_paused = true;
    CHECK(judge_health(facts, kNow).state == State::kPaused);
  }
}

TEST_CASE("a rest of the intake is no standstill, however short Redis' time to answer is") {
  auto facts = idle();
  facts.operate_timeout = std::chrono::milliseconds(50);
  facts.lease = std::chrono::milliseconds(500);
  facts.queues[0].asked_at = kNow;
  auto& activity = facts.queues[0].activity;
  activity = {Doing::kResting, kNow - std::chrono::milliseconds(2900)};
  CHECK(judge_health(facts, kNow).is_well());
  activity.since = kNow - std::chrono::milliseconds(3100);
  CHECK_FALSE(judge_health(facts, kNow).is_well());
  activity = {Doing::kReadingBack, kNow - std::chrono::milliseconds(2900)};
  CHECK_FALSE(judge_health(facts, kNow).is_well());
}

TEST_CASE("an owner that does not ask for its lease any more is stuck") {
  auto facts = idle();
  facts.queues[0].asked_at = kNow - seconds(19);
  CHECK(judge_health(facts, kNow).is_well());
  facts.queues[0].asked_at = kNow - seconds(21);
  CHECK_FALSE(judge_health(facts, kNow).is_well());
  CHECK_FALSE(judge_health(facts, kNow).takes_steps());
}

TEST_CASE("start, stop, standby and a held-up queue have names of their own") {
  auto facts = idle();
  facts.is_starting = true;
  CHECK(judge_health(facts, kNow).state == State::kStarting);
  facts = idle();
  facts.is_stopping = true;
  facts.control.silent_since = kNow - seconds(1000);  // what is closed is not missed
  CHECK(judge_health(facts, kNow).state == State::kStopping);
  facts = idle();
  facts.queues[0].is_owned = false;
  CHECK(judge_health(facts, kNow).state == State::kStandby);
  facts = idle();
  facts.queues[0].blocked_reason = "too many dead letters (dead_max)";
  const auto held_up = judge_health(facts, kNow);
  CHECK(held_up.state == State::kHeldUp);
  CHECK(held_up.is_well());
  CHECK(held_up.detail == "q: too many dead letters (dead_max)");
}

}  // namespace sqlbus
