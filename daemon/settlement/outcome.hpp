// What has become of a delivery: the last value on the way through the house.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/intake/delivery.hpp"
#include "protocol/clock.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {

struct Outcome {
  enum class Kind : std::uint8_t {
    kSettled,    // its position is to be settled, with all that follows
    kUntouched,  // not begun, and not ours to settle: it was handed back, or the batch is gone
    kParked,     // not the end: a suspect that waits in its lane for a database that is down
  };

  Delivery delivery;
  Kind kind = Kind::kSettled;
  ErrorId error = ErrorId::kOk;
  std::string channel;  // where the response goes; empty: nowhere
  std::string response;
  std::string dead_letter;               // empty: none
  std::optional<EpochTime> delay_until;  // NOT_BEFORE
  std::string waiting_database;          // to the waiting list of a database that is down
};

}  // namespace sqlbus
