#include <string>

#include "manual/pages.hpp"

namespace sqlbus::manual {
namespace {

// Within single quotes, in a place where ':' and brackets have a meaning.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\'') {
      out += "'\\''";
      continue;
    }
    if (letter == ':' || letter == '[' || letter == ']' || letter == '\\') out += '\\';
    out += letter;
  }
  return out;
}

std::string specification(const OptionEntry& entry) {
  std::string rest = "'[" + escaped(entry.help) + "]";
  if (!entry.value.empty()) {
    rest += ":" + escaped(entry.value) + ":" + (entry.is_file ? "_files" : " ");
  }
  std::string out;
  for (const auto& name : entry.names) {
    // '*': it may stand there again, which does no harm where it may not.
    out += " \\\n    '*'" + name + rest + "'";
  }
  return out;
}

std::string function_of(const CommandEntry& command, const std::string& name) {
  std::string out = name + "() {\n";
  if (!command.commands.empty()) {
    out += "  local -a commands=(\n";
    for (const auto& each : command.commands) {
      out += "    '" + escaped(each.name) + ":" + escaped(each.help) + "'\n";
    }
    out += "  )\n  local state line\n";
  }
  out += "  _arguments -C";
  for (const auto& entry : command.options) out += specification(entry);
  if (command.commands.empty()) return out + " \\\n    '*: : '\n}\n";
  out +=
      " \\\n    '1: :->command' \\\n    '*:: :->rest'\n  case $state in\n"
      "    command) _describe command commands ;;\n    rest)\n      case $line[1] in\n";
  for (const auto& each : command.commands) {
    std::string below = name + "_" + each.name;
    out += "        " + each.name + ") " + below + " ;;\n";
  }
  return out + "      esac ;;\n  esac\n}\n";
}

void add_functions(const CommandEntry& command, const std::string& name, std::string& out) {
  for (const auto& each : command.commands) add_functions(each, name + "_" + each.name, out);
  out += function_of(command, name);
}

}  // namespace

std::string zsh_completion(const CommandEntry& command) {
  std::string out = "#compdef " + command.name + "\n# Made by sqlbus-manual.\n";
  add_functions(command, "_" + command.name, out);
  return out + "_" + command.name + " \"$@\"\n";
}

}  // namespace sqlbus::manual
