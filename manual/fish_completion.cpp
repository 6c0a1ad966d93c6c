#include <string>

#include "manual/pages.hpp"

namespace sqlbus::manual {
namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + "'";
}

// `is_here` is fish's condition for being behind this command's name.
void walk(const CommandEntry& command, const std::string& program, const std::string& is_here,
          std::string& out) {
  const std::string start =
      "complete -c " + program + (is_here.empty() ? "" : " -n " + in_quotes(is_here));
  for (const auto& entry : command.options) {
    out += start;
    for (const auto& name : entry.names) {
      out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!entry.value.empty()) out += entry.is_file ? " -r -F" : " -x";
    out += " -d " + in_quotes(entry.help) + "\n";
  }
  std::string names;
  for (const auto& each : command.commands) names += " " + each.name;
  const std::string above = is_here.empty() ? "" : is_here + "; and ";
  for (const auto& each : command.commands) {
    out += "complete -c " + program + " -n " +
           in_quotes(above + "not __fish_seen_subcommand_from" + names) + " -a " + each.name +
           " -d " + in_quotes(each.help) + "\n";
    walk(each, program, above + "__fish_seen_subcommand_from " + each.name, out);
  }
}

}  // namespace

std::string fish_completion(const CommandEntry& command) {
  std::string out = "# Made by sqlbus-manual.\ncomplete -c " + command.name + " -f\n";
  walk(command, command.name, "", out);
  return out;
}

}  // namespace sqlbus::manual
