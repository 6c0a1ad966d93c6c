// What the command line of `sqlbus driver-check` says.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <variant>

#include "client/command/exit_code.hpp"
#include "client/driver_check/target.hpp"

namespace CLI {
class App;
}

namespace sqlbus::check {

struct CheckOptions {
  Target target;
  std::string only;  // checks with this in their name
  std::chrono::milliseconds limit = std::chrono::minutes{1};
  bool json = false;
  bool list = false;
};

// Prints what --help asks for, and what is wrong; then the ExitCode is returned.
std::variant<CheckOptions, ExitCode> parse_command_line(int argc, const char* const* argv);

// The options as they are parsed, for the manual.
void visit_command_line(const std::function<void(const CLI::App&)>& visit);

}  // namespace sqlbus::check
