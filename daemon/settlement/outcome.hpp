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
  };

  Delivery delivery;
  Kind kind = Kind::kSettled;
  ErrorId error = ErrorId::kOk;
  std::string channel;  // where the response goes; empty: nowhere
  std::string response;
  std::string dead_letter;               // empty: none
  std::optional<EpochTime> delay_until;  // NOT_BEFORE
  // To the waiting list of a database that is down; `response` goes to `channel` only where the
  // request is still there at `answer_at`.
  std::string waiting_database;
  std::optional<EpochTime> answer_at;
  bool is_duplicate = false;  // the ledger had it: nothing was run

  // Settled, and nothing follows from it: no response, letter, delay or move.
  bool is_plain() const {
    return kind == Kind::kSettled && channel.empty() && dead_letter.empty() && !delay_until &&
           waiting_database.empty();
  }
};

}  // namespace sqlbus
