// What the command line says.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/command/exit_code.hpp"
#include "protocol/value.hpp"

namespace sqlbus {

struct CommandOptions {
  enum class Verb : std::uint8_t { kQuery, kExec };

  Verb verb = Verb::kQuery;
  std::string sql;  // empty or "-": from standard input
  std::vector<Value> params;
  std::optional<std::string> database;
  std::optional<std::string> key;
  std::string redis_url;    // empty where not given
  std::string config_file;  // empty where not given
  std::optional<std::string> queue;
  std::string app = "sqlbus";
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  bool json = false;
  bool sync = false;  // always so for a query
};

// Prints what --help and --version ask for, and what is wrong; then the ExitCode is returned.
std::variant<CommandOptions, ExitCode> parse_command_line(int argc, const char* const* argv);

}  // namespace sqlbus
