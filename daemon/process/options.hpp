// The flags of sqlbusd.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "protocol/result.hpp"

namespace CLI {
class App;
}

namespace sqlbus {

struct Options {
  enum class Action : std::uint8_t {
    kRun,
    kEphemeral,
    kKill,
    kCheckConfig,
    kHelpConfig,
    kVersion,
    kHelp
  };

  Action action = Action::kRun;
  std::string config_file;         // /etc/sqlbus.ini where no flag names another
  std::string pidfile;             // empty: as configured
  std::optional<bool> background;  // without a flag: as configured
  bool debug = false;
};

// The error is one line for the terminal; the exit status is then exit_code::kUsage.
Result<Options> parse_options(int argc, const char* const* argv);

// The flags as they are parsed, for the manual.
void visit_options(const std::function<void(const CLI::App&)>& visit);

// The text of --help.
std::string help_options();

}  // namespace sqlbus
