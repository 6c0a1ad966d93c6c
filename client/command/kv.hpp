// `sqlbus kv`: small values by key, on a database behind the bus.
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

// kRefused also where there is no such value.
ExitCode run_kv(const CommandOptions& options);

}  // namespace sqlbus
