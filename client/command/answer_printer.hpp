// What the bus has answered, for a person or a program.
#pragma once

#include <string>

#include "client/bus_client.hpp"
#include "client/command/exit_code.hpp"
#include "client/command/output_format.hpp"

namespace sqlbus {

// What was done goes to standard output, an error to standard error.
ExitCode print_answer(const BusClient::Answer& answer, OutputFormat format);

// "error -1 EXECUTION_FAILED (23505): duplicate key …"
std::string error_text(const Response& response);
// The same on standard error, in red where that is a terminal.
void print_error(const Response& response);

}  // namespace sqlbus
