// The bus working off a queue that was filled before it was started.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/private_bus.hpp"
#include "tests/support/private_redis.hpp"

namespace sqlbus::bench {

struct Drain {
  double seconds = 0;  // from the first claim to the last settled position
  double bus_cpu_s = 0;
  double redis_cpu_s = 0;
};

struct DrainOptions {
  std::vector<std::string> environment = {};            // of the daemon
  std::function<void(test::PrivateBus&)> on_look = {};  // called every few milliseconds
};

// Starts a bus on the queue's `count` requests and waits until each is settled: neither process
// start nor connecting count. What it does to the database is for the caller to verify. The bus is
// looked at every 2 ms, which is how exact the time is. Throws where it makes no progress.
Drain drain(test::PrivateRedis& redis, const test::BusConfig& config, std::int64_t count,
            const DrainOptions& options = {});

// How many requests wait, and what became a dead letter.
std::int64_t queue_length(test::PrivateRedis& redis);
std::int64_t dead_letters(test::PrivateRedis& redis);

// The server's own process.
int redis_pid(test::PrivateRedis& redis);

}  // namespace sqlbus::bench
