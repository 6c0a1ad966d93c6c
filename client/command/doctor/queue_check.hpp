// Does a daemon serve a queue, and does anything wait there for a person?
#pragma once

#include <string>

#include "client/command/doctor/findings.hpp"
#include "client/redis_session.hpp"
#include "protocol/result.hpp"

namespace sqlbus::doctor {

struct QueueVerdict {
  bool is_served = false;  // owned and not paused: a canary is worth sending
};

Result<QueueVerdict> check_queue(RedisSession& redis, const std::string& queue, Findings& findings);

}  // namespace sqlbus::doctor
