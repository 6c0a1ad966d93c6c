// Can a configured database be worked with, as the daemon does?
#pragma once

#include "client/command/doctor/findings.hpp"
#include "client/redis_session.hpp"
#include "daemon/config/settings.hpp"

namespace sqlbus::doctor {

// Connects through its driver as the daemon does. Nothing stays behind in the database.
void check_database(const Settings& settings, const DatabaseSettings& database, RedisSession* redis,
                    Findings& findings);

}  // namespace sqlbus::doctor
