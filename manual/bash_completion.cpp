#include <string>

#include "manual/pages.hpp"

namespace sqlbus::manual {
namespace {

// What all commands have together, by walking them once.
struct Tables {
  std::string steps;         // patterns of "above name"
  std::string words;         // branches: the words behind each command
  std::string files;         // options whose value is a file
  std::string other_values;  // options with another value
};

void add_alternative(std::string& patterns, const std::string& pattern) {
  if ((" " + patterns + " ").find(" " + pattern + " ") != std::string::npos) return;
  patterns += (patterns.empty() ? "" : " | ") + pattern;
}

void walk(const CommandEntry& command, const std::string& path, Tables& tables) {
  std::string words;
  for (const auto& each : command.commands) {
    words += each.name + " ";
    add_alternative(tables.steps, "\"" + path + " " + each.name + "\"");
  }
  for (const auto& entry : command.options) {
    for (const auto& name : entry.names) {
      words += name + " ";
      if (entry.value.empty()) continue;
      add_alternative(entry.is_file ? tables.files : tables.other_values, name);
    }
  }
  if (!words.empty()) words.pop_back();
  tables.words += "    \"" + path + "\") words=\"" + words + "\" ;;\n";
  for (const auto& each : command.commands) {
    walk(each, path.empty() ? each.name : path + " " + each.name, tables);
  }
}

}  // namespace

std::string bash_completion(const CommandEntry& command) {
  Tables tables;
  walk(command, "", tables);
  const std::string& name = command.name;
  std::string out = "# bash completion for " + name + ". Made by sqlbus-manual.\n_" + name +
                    "() {\n"
                    "  local current=${COMP_WORDS[COMP_CWORD]} command= words= i\n";
  if (!tables.steps.empty()) {
    out +=
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    case \"$command ${COMP_WORDS[i]}\" in\n      " +
        tables.steps +
        ") command+=\"${command:+ }${COMP_WORDS[i]}\" ;;\n"
        "    esac\n  done\n";
  }
  out += "  COMPREPLY=()\n  case ${COMP_WORDS[COMP_CWORD - 1]} in\n";
  if (!tables.files.empty()) {
    out += "    " + tables.files +
           ")\n      compopt -o filenames 2>/dev/null || true\n"
           "      mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n      return ;;\n";
  }
  if (!tables.other_values.empty()) out += "    " + tables.other_values + ") return ;;\n";
  return out + "  esac\n  case $command in\n" + tables.words +
         "  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\n"
         "complete -F _" +
         name + " " + name + "\n";
}

}  // namespace sqlbus::manual
