// The commands, each with its options, examples and what it is for; one file for those that belong
// together.
#pragma once

#include "client/command/options.hpp"

namespace sqlbus {

// options_query.cpp
void add_query(CLI::App& app, CommandOptions& options);
void add_exec(CLI::App& app, CommandOptions& options);
void add_shell(CLI::App& app, CommandOptions& options);
// options_load.cpp
void add_load(CLI::App& app, CommandOptions& options);
void add_bench(CLI::App& app, CommandOptions& options);
// options_dead.cpp
void add_dead(CLI::App& app, CommandOptions& options);

}  // namespace sqlbus
