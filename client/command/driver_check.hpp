// sqlbus driver-check
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

// Becomes sqlbus-driver-check, which is beside the command; returns where it is not.
ExitCode become_driver_check(const CommandOptions& options);

}  // namespace sqlbus
