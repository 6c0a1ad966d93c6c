#include "manual/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

namespace sqlbus::manual {
namespace {

// CLI11 gives every value a type's name, which tells a reader nothing; the option's own name does.
std::string value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return "";
  if (!option.get_option_text().empty()) return option.get_option_text();
  const std::string type = option.get_type_name();
  if (type == "FILE") return type;
  if (option.get_positional()) return option.get_name(true);
  std::string name = option.get_lnames().empty() ? type : option.get_lnames().front();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
    return letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  });
  return name;
}

OptionEntry read_option(const CLI::Option& option) {
  OptionEntry entry;
  for (const auto& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) entry.names.push_back("--" + name);
  entry.value = value_of(option);
  entry.help = option.get_description();
  if (!entry.value.empty()) entry.fallback = option.get_default_str();
  entry.is_required = option.get_required();
  entry.is_repeated = option.get_items_expected_max() > 1;
  entry.is_file = option.get_type_name() == "FILE";
  return entry;
}

}  // namespace

CommandEntry read_command(const CLI::App& app) {
  CommandEntry entry{
      .name = app.get_name(), .help = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    (option->nonpositional() ? entry.options : entry.positionals).push_back(read_option(*option));
  }
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* command : app.get_subcommands(all)) {
    entry.commands.push_back(read_command(*command));
  }
  return entry;
}

}  // namespace sqlbus::manual
