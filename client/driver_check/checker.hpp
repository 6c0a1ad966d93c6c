// Runs the checks, each in a process of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client/driver_check/check_options.hpp"
#include "client/driver_check/check_run.hpp"
#include "protocol/result.hpp"

namespace sqlbus::check {

enum class Outcome : std::uint8_t { kOk, kNotClaimed, kFailed };

struct Finding {
  Check check;
  Outcome outcome = Outcome::kOk;
  std::vector<std::string> texts;  // what is not claimed; what was expected and came, in lines
};

// What the checks tell of, as it becomes known.
struct Audience {
  std::function<void(const Target&)> on_driver;
  std::function<void(const Finding&)> on_finding;
};

// The error, where there is nothing to check: the driver cannot be loaded or does not connect, or
// the database is not one to throw away.
Status run_checks(CheckOptions& options, const Audience& audience);

}  // namespace sqlbus::check
