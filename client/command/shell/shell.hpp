// `sqlbus shell`.
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_shell(const CommandOptions& options);

}  // namespace sqlbus
