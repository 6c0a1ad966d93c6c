// Where the bus is found: its Redis and its queue.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "client/command/options.hpp"
#include "client/redis_url.hpp"
#include "daemon/config/settings.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

struct BusAddress {
  RedisAddress redis;
  std::string queue;
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{5};
};

// By the options, the environment and the bus's own file, in the order that --help tells.
Result<BusAddress> find_bus(const CommandOptions& options);

// Its queue; where the address came from the bus's file, all queues of that.
std::vector<std::string> queues_of(const CommandOptions& options, const BusAddress& address);

// The bus's own file: that of --config, else /etc/sqlbus.ini. What only the daemon can know is left
// open.
Result<Settings> load_bus_settings(const std::string& config_file);

}  // namespace sqlbus
