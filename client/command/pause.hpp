// `sqlbus pause` and `sqlbus resume`: has all daemons of a queue leave it, or one of its databases,
// alone for a while.
#pragma once

#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_pause(const CommandOptions& options);
ExitCode run_resume(const CommandOptions& options);

}  // namespace sqlbus
