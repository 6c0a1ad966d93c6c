// sqlbus dead ls|show|replay|drop
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_dead(const CommandOptions& options);

}  // namespace sqlbus
