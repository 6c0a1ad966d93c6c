// What the command line says.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/command/dead_filter.hpp"
#include "client/command/exit_code.hpp"
#include "protocol/value.hpp"

namespace CLI {
class App;
}

namespace sqlbus {

struct DeadOptions {
  enum class Verb : std::uint8_t { kList, kShow, kReplay, kDrop };

  Verb verb = Verb::kList;
  DeadFilter filter;
  std::size_t limit = 100;
  bool json = false;
  bool group = false;
  bool all = false;
  bool yes = false;
  bool edit = false;
  bool dry_run = false;
  double rate = 0;  // a second; 0: as fast as it goes
};

struct PauseOptions {
  std::string name;  // a queue or a database; empty: the queue
  std::string reason;
};

struct ReloadOptions {
  bool dry_run = false;
};

struct TopOptions {
  std::chrono::milliseconds interval = std::chrono::seconds{1};
  std::size_t count = 0;  // looks; 0: as long as it is watched, or one where nobody watches
};

struct CommandOptions {
  enum class Verb : std::uint8_t {
    kQuery,
    kExec,
    kDead,
    kTrace,
    kLedger,
    kPause,
    kResume,
    kStatus,
    kTop,
    kReload,
    kDriverCheck,
    kDoctor
  };

  Verb verb = Verb::kQuery;
  std::string sql;  // empty or "-": from standard input
  Params params;
  std::optional<std::string> database;
  std::optional<std::string> key;
  std::string redis_url;    // empty where not given
  std::string config_file;  // empty where not given
  std::optional<std::string> queue;
  std::string app = "sqlbus";
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  bool json = false;
  bool sync = false;  // always so for a query
  DeadOptions dead;
  PauseOptions pause;
  ReloadOptions reload;
  TopOptions top;
  std::string uuid;                    // of a trace
  std::string driver;                  // of ledger ddl; empty: those of the configured databases
  std::vector<std::string> arguments;  // of driver-check, which reads them itself
};

// Prints what --help and --version ask for, and what is wrong; then the ExitCode is returned.
std::variant<CommandOptions, ExitCode> parse_command_line(int argc, const char* const* argv);

// The commands and options as they are parsed, for the manual.
void visit_command_line(const std::function<void(const CLI::App&)>& visit);

}  // namespace sqlbus
