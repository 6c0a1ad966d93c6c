// `sqlbus load`.
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_load(const CommandOptions& options);

}  // namespace sqlbus
