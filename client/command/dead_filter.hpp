// Which dead letters an operator means.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/command/letter.hpp"

namespace sqlbus {

struct DeadFilter {
  std::vector<std::string> ids;  // of letters, or UUIDs of requests; empty: any
  std::optional<ErrorId> error;
  std::string sqlstate;  // whole, or its beginning: 23
  std::string app;
  std::optional<std::string> database;                    // "": the default one
  std::optional<std::chrono::milliseconds> older, newer;  // than so much
  std::string text;  // in the statement or the message, without regard to case

  bool is_empty() const;
  bool matches(const Letter& letter, EpochTime now) const;
};

// "-1", "1402" or "DELIVERIES_EXHAUSTED", in any case; nothing where the table has none such.
std::optional<ErrorId> parse_error_id(std::string_view text);

}  // namespace sqlbus
