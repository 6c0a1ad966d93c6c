// Where the bus is found: its Redis and its queue.
#pragma once

#include <chrono>
#include <string>

#include "client/command/options.hpp"
#include "client/redis_url.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

struct BusAddress {
  RedisAddress redis;
  std::string queue;
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{5};
};

// By the options, the environment and the bus's own file, in the order that --help tells.
Result<BusAddress> find_bus(const CommandOptions& options);

}  // namespace sqlbus
