// What is written of the bus: its manual pages, the completions of the shells, and the reference of
// the configuration. Everything that a table of the programs has comes from that table.
#pragma once

#include <string>
#include <string_view>

#include "manual/command_tree.hpp"

namespace sqlbus::manual {

// The prose of a page about a program, in the form that Roff::prose() takes.
struct CommandProse {
  int section = 1;
  std::string_view summary;      // behind the name, on one line
  std::string_view description;  // before the options
  std::string_view ending;       // whole sections: "# NAME" begins one
};

std::string command_page(const CommandEntry& command, const CommandProse& prose);

std::string settings_page();      // sqlbus.ini(5)
std::string settings_markdown();  // docs/CONFIGURATION.md

std::string bash_completion(const CommandEntry& command);
std::string zsh_completion(const CommandEntry& command);
std::string fish_completion(const CommandEntry& command);

}  // namespace sqlbus::manual
