// `sqlbus query` and `sqlbus exec`.
#pragma once

#include <string>

#include "client/command/exit_code.hpp"
#include "client/command/options.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

ExitCode run_query(const CommandOptions& options);

// A request of this process, as the options say how it runs.
Request make_request(const CommandOptions& options, std::string sql, Params params = {});

}  // namespace sqlbus
