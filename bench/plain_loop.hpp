// The least that answers queries from a Redis list: what the bus is measured against where
// somebody waits.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "tests/support/redis_client.hpp"

namespace sqlbus::bench {

// A thread that pops an envelope, executes it and pushes a response, one after the other: no
// claim, no order, no expiry, no error. Whatever fails ends the program.
class PlainLoop {
 public:
  enum class Execution : std::uint8_t {
    kParsed,    // by PQexecParams, as most would write it
    kPrepared,  // once, which is possible where all queries have one text
  };

  PlainLoop(const std::string& redis_socket, const std::string& conninfo, Execution execution);
  ~PlainLoop();
  PlainLoop(const PlainLoop&) = delete;
  PlainLoop& operator=(const PlainLoop&) = delete;

  const std::string& queue() const { return queue_; }

 private:
  const std::string queue_;
  test::RedisClient redis_;  // to end the thread with
  std::jthread thread_;
};

}  // namespace sqlbus::bench
