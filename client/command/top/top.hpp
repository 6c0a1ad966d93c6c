// sqlbus top: the bus as it lives.
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_top(const CommandOptions& options);

}  // namespace sqlbus
