// sqlbus trace UUID: what has become of a request?
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_trace(const CommandOptions& options);

}  // namespace sqlbus
