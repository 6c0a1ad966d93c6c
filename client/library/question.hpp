// A query under way: what has to be known to wait for its answer, and to push it again.
#pragma once

#include <chrono>
#include <string>

namespace sqlbus {

struct Question {
  using TimePoint = std::chrono::steady_clock::time_point;

  std::string uuid;                   // and the name of the reply channel
  std::string push;                   // the command, the same whenever it goes
  std::chrono::milliseconds timeout;  // for messages
  TimePoint end;                      // until then its caller waits
  bool is_there = false;              // Redis has said that it has it
  bool may_be_there = false;          // it was written, whatever came of that
};

}  // namespace sqlbus
