// What went wrong, for a person.
#pragma once

#include <string>

#include "client/command/exit_code.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// "sqlbus: …" on standard error. Returns the code, for a command that ends with it.
ExitCode complain(const std::string& message, ExitCode code);
ExitCode complain(const Error& error, ExitCode code);

}  // namespace sqlbus
