// What Redis knows of one queue, and of the daemon that owns it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/redis_session.hpp"
#include "protocol/clock.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {

struct QueueStatus {
  // As it stands beside the lease.
  struct Owner {
    std::string instance;
    double lease_left_s = 0;
    std::map<std::string, std::string> facts{};  // host, pid, version, started, …
    std::string status{};                        // the daemon's own JSON; empty: it left none
  };

  std::string queue;
  EpochTime now{};  // by the clock of Redis
  std::optional<Owner> owner{};
  std::int64_t depth = 0;
  std::int64_t delayed = 0;
  std::int64_t dead_letters = 0;
  std::int64_t replays = 0;
  std::int64_t batches = 0;                       // in flight
  std::map<std::string, std::int64_t> waiting{};  // by database
  std::map<std::string, std::string> control{};   // what an operator has said
};

Result<QueueStatus> read_queue_status(RedisSession& redis, const std::string& queue);
// For those who look often: only what waits for these databases is counted, without a look through
// all keys of Redis for others.
Result<QueueStatus> read_queue_status(RedisSession& redis, const std::string& queue,
                                      const std::vector<std::string>& databases);

void write_json(JsonWriter& json, const QueueStatus& status);

}  // namespace sqlbus
