// What several commands have in common on the command line.
#pragma once

#include <chrono>
#include <string>

#include "client/command/options.hpp"

namespace sqlbus {

// Where the bus is found, and how every command ends.
extern const char* const kBusFooter;

// The duration that a text is; CLI::ValidationError of this option where it is none.
std::chrono::milliseconds duration_of(const std::string& option, const std::string& text);

void add_where_options(CLI::App& command, CommandOptions& options);
void add_wait_options(CLI::App& command, CommandOptions& options);

}  // namespace sqlbus
