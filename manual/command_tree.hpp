// A command line as the manual needs it: read from what CLI11 parses with, so that neither can say
// anything else.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sqlbus::manual {

struct OptionEntry {
  std::vector<std::string> names;  // "-c", "--config"; none for what has its place
  std::string value;               // what stands behind the name: FILE; empty for a flag
  std::string help;
  std::string fallback;      // the default, where it is worth telling
  bool is_required = false;  // of what has its place
  bool is_repeated = false;
  bool is_file = false;  // its value is a path
};

struct CommandEntry {
  std::string name;
  std::string help;
  std::string footer;
  std::vector<OptionEntry> options;      // in their order
  std::vector<OptionEntry> positionals;  // by their place
  std::vector<CommandEntry> commands;
};

CommandEntry read_command(const CLI::App& app);

}  // namespace sqlbus::manual
