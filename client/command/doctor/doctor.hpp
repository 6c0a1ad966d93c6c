// `sqlbus doctor`: looks at all that a bus needs, and says what to do.
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

// kOk only without a failure; kUnreachable where Redis cannot be reached.
ExitCode run_doctor(const CommandOptions& options);

}  // namespace sqlbus
