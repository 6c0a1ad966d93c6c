// Where those who tell about the daemon look: its parts, as they are. Loop thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/intake/intake.hpp"
#include "daemon/log/log.hpp"
#include "daemon/redis/link.hpp"
#include "daemon/redis/queue_store.hpp"
#include "daemon/router/router.hpp"
#include "daemon/settlement/settlement.hpp"
#include "daemon/status/database_counts.hpp"
#include "daemon/status/health.hpp"
#include "daemon/status/loop_lag.hpp"

namespace sqlbus {

// Whether requests can be served: Redis and the default database are there.
struct Readiness {
  bool is_ready = false;
  std::vector<std::string> away{};  // "redis", "database orders", "starting"
};

struct ReloadCounts {
  std::uint64_t taken = 0;
  std::uint64_t refused = 0;
};

struct StatusSources {
  const Settings& settings;
  const InstanceFacts& instance;
  const BusClock& clock;
  const Log& log;
  const RedisLink& control;
  const Intake& intake;
  const Settlement& settlement;
  const Router& router;
  const std::vector<std::unique_ptr<DatabaseCounts>>& databases;  // by their places
  const LoopLag& loop_lag;
  const ReloadCounts& reloads;
  std::function<Health()> health;
  std::function<Readiness()> readiness;
};

}  // namespace sqlbus
