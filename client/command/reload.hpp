// `sqlbus reload`: has the daemon on this machine read its file again; says what would change, and
// what the daemon made of it.
#pragma once

#include "client/command/options.hpp"

namespace sqlbus {

ExitCode run_reload(const CommandOptions& options);

}  // namespace sqlbus
