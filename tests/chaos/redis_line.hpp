// A caller's way to Redis that survives its restarts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/redis_client.hpp"

namespace sqlbus::chaos {

// Blocks its thread. Throws std::runtime_error where Redis stays away for a minute.
class RedisLine {
 public:
  explicit RedisLine(std::string socket) : socket_(std::move(socket)) {}

  struct Push {
    int tries = 0;  // each may have come on the queue
    std::int64_t length = 0;
  };
  // Puts an envelope on the queue, again and again until Redis says that it is there.
  Push push(const std::string& envelope);

  // The answer on a reply channel; nothing where none came within `limit`. It is moved, never only
  // taken, so that it cannot get lost between a dying Redis and us.
  std::optional<std::string> answer(const std::string& channel, std::chrono::seconds limit);

 private:
  bool connect();
  // Nothing where the connection failed: whether Redis has done it is then unclear.
  std::optional<test::Reply> try_command(std::initializer_list<std::string_view> arguments);

  std::string socket_;
  std::optional<test::RedisClient> client_;
};

}  // namespace sqlbus::chaos
