// The least that answers queries from a Redis list: what the bus is measured against where
// somebody waits.
#pragma once

#include <string>
#include <thread>

#include "tests/support/redis_client.hpp"

namespace sqlbus::bench {

// A thread that pops an envelope, executes it and pushes a response, one after the other: no
// claim, no order, no expiry, no error. Whatever fails ends the program.
class PlainLoop {
 public:
  static constexpr const char* kQueue = "PlainLoop";

  PlainLoop(const std::string& redis_socket, const std::string& conninfo);
  ~PlainLoop();
  PlainLoop(const PlainLoop&) = delete;
  PlainLoop& operator=(const PlainLoop&) = delete;

 private:
  test::RedisClient redis_;  // to end the thread with
  std::jthread thread_;
};

}  // namespace sqlbus::bench
