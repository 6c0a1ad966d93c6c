// Is the daemon well? Judged from what its parts have written down about themselves, so that it can
// be asked at any moment: by /healthz, by systemd's watchdog, by an operator. Loop thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/intake/activity.hpp"
#include "daemon/intake/ownership.hpp"
#include "daemon/redis/link.hpp"

namespace sqlbus {

struct Health {
  enum class State : std::uint8_t {
    kStarting,   // a database or Redis has not been tried yet
    kWorking,    // requests are in flight
    kIdle,       // there is nothing to do
    kHeldUp,     // nothing is claimed: too many dead letters, or Redis refuses
    kPaused,     // by an operator
    kStandby,    // other daemons own all the queues
    kRedisDown,  // no connection, and tries to make one
    kStopping,
    kStuck,  // something is long overdue: it will not come by waiting
  };
  State state = State::kStarting;
  std::chrono::nanoseconds since{};  // running_time(): of kWorking and kIdle, of the last progress
  std::string detail{};              // for a person: what is missing, and why

  bool is_outage = false;  // kStuck, because Redis is silent

  bool is_well() const { return state != State::kStuck; }
  // Worth being kept alive: where Redis is silent it is tried anew, again and again, and a new
  // process could do no more.
  bool takes_steps() const { return is_well() || is_outage; }
};

inline constexpr std::size_t kHealthStates = 9;
std::string_view to_string(Health::State state);

// What the judgement is made of.
struct HealthFacts {
  struct Queue {
    std::string name{};
    bool is_owned = false;
    std::chrono::nanoseconds asked_at{};  // its lease was asked for last
    Activity activity{};
    std::string blocked_reason{};  // why nothing can be claimed
    RedisContact blocking{};       // its own connection, to wait on
  };
  bool is_starting = false;
  bool is_stopping = false;
  bool is_paused = false;
  bool is_busy = false;                    // something is in flight
  std::chrono::nanoseconds progress_at{};  // Redis has acknowledged a settlement last, or the start
  milliseconds operate_timeout{};
  milliseconds lease{};
  RedisContact control{};
  std::vector<Queue> queues{};
};

Health judge_health(const HealthFacts& facts, std::chrono::nanoseconds now);

}  // namespace sqlbus
