// Is this a Redis that requests can be trusted to?
#pragma once

#include <string>

#include "client/command/doctor/findings.hpp"
#include "client/redis_session.hpp"

namespace sqlbus::doctor {

// `where` is its address for a person, `queue` one that its rights are looked at for. An error: it
// cannot be asked any more.
Status check_redis(RedisSession& redis, const std::string& where, const std::string& queue,
                   Findings& findings);

}  // namespace sqlbus::doctor
