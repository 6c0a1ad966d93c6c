// Compares what was pushed with what became of it. Plain computation, without any server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/chaos/evidence.hpp"

namespace sqlbus::chaos {

enum class Fault : std::uint8_t {
  kMissing,      // an effect, or the dead letter of a bad statement, that is not there
  kTwice,        // an effect that is there more than once
  kOutOfOrder,   // an effect behind a later one of its caller
  kUnanswered,   // a SYNC request without an answer
  kWronglyDead,  // a dead letter for what was good, or that blames the daemon's deaths
  kWrongAnswer,  // an answer that is not true
  kUnasked,      // an effect or a dead letter that nobody has asked for
};

std::string_view to_string(Fault fault);

struct Finding {
  Fault fault = Fault::kMissing;
  std::string text;
};

std::vector<Finding> judge(const Evidence& evidence);

}  // namespace sqlbus::chaos
