// A caller whose queries go to the right end of the queue, where the bus takes from next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/redis_session.hpp"

namespace sqlbus::bench {

// Every failure throws std::runtime_error.
class UrgentCaller {
 public:
  explicit UrgentCaller(const std::string& redis_socket);

  void select(std::string_view table, std::int64_t id);

 private:
  RedisSession redis_;
};

}  // namespace sqlbus::bench
