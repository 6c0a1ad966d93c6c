// sqlbus ledger ddl
#pragma once

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"

namespace sqlbus {

ExitCode print_ledger_ddl(const CommandOptions& options);

}  // namespace sqlbus
