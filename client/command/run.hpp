// What the command does once its options are known.
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_command(const CommandOptions& options);

}  // namespace sqlbus
