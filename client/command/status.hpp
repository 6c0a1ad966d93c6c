// sqlbus status: how are the bus and its queues?
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_status(const CommandOptions& options);

}  // namespace sqlbus
