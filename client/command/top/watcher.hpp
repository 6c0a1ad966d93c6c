// Looks at queues again and again; a Redis that was away is connected to anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/command/bus_address.hpp"
#include "client/command/top/screen.hpp"
#include "client/redis_session.hpp"

namespace sqlbus {

class Watcher {
 public:
  Watcher(BusAddress address, std::vector<std::string> queues);

  // Takes the next look into `state`: its queues, or why Redis is away, and then the queues stay as
  // they were.
  void look(TopState& state);

 private:
  using Clock = std::chrono::steady_clock;

  struct Queue {
    std::string name;
    RateMeter meter;
    std::vector<std::string> databases;  // that may be waited for; empty: not known yet
    std::vector<DeadCause> causes;
    std::int64_t dead_letters = 0;  // when their causes were read
    Clock::time_point causes_at{};
  };

  Result<std::vector<TopState::Queue>> look_at_all();
  Result<TopState::Queue> look_at(Queue& queue);
  Status read_causes(Queue& queue, std::int64_t dead_letters);

  const BusAddress address_;
  std::vector<Queue> queues_;
  std::optional<RedisSession> redis_;
};

}  // namespace sqlbus
