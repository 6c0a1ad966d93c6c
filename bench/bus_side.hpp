// The same work through the real daemon.
#pragma once

#include <cstdint>
#include <string>

#include "client/bus_client.hpp"
#include "protocol/request.hpp"

namespace sqlbus::bench {

// Every failure, and every answer that is not the expected one, throws std::runtime_error.
class BusSide {
 public:
  explicit BusSide(const std::string& redis_socket);

  // Hands over `count` inserts that nobody waits for, and a count that waits behind them.
  void drain(std::int64_t count);
  // One SELECT by the primary key that waits.
  void select(std::int64_t number);

 private:
  Request new_request(const char* sql, std::int64_t number) const;
  Response ask(Request request);

  BusClient client_;
  std::int64_t rows_ = 0;
};

}  // namespace sqlbus::bench
