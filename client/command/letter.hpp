// A dead letter as an operator sees it: with what can be read of its request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/dead_letter.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

struct Letter {
  std::string raw;  // as it stands in the list
  DeadLetter dead;
  std::string uuid, app, database;  // empty where they cannot be read
  std::optional<Request> request;   // nothing where the envelope is none

  // Its statements, one after the other; of what is no request the envelope itself.
  std::string text() const;
};

// Nothing where the element of the list is no dead letter.
std::optional<Letter> read_letter(std::string raw);

std::string error_name(ErrorId error);  // "EXECUTION_FAILED"
// What letters of one cause have in common: error, SQLSTATE, and the message with its numbers and
// quoted parts as "?".
std::string cause_of(const Letter& letter);
std::string to_local_text(EpochTime time);  // 2026-05-01 12:00:00

}  // namespace sqlbus
