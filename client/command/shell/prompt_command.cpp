#include "client/command/shell/prompt_command.hpp"

#include <algorithm>
#include <array>

namespace sqlbus {

namespace {

using Verb = PromptCommand::Verb;

struct CommandRow {
  std::string_view word;
  Verb verb;
  std::string_view argument;
  std::string_view help;
};

constexpr std::array<CommandRow, 8> kCommands = {{
    {"\\d", Verb::kDescribe, "", "the tables"},
    {"\\d", Verb::kDescribe, "NAME", "the columns of a table"},
    {"\\x", Verb::kSideways, "[on|off]", "a line for each column"},
    {"\\o", Verb::kFormat, "[FORMAT]", "rows as: table, json, csv or vertical"},
    {"\\timing", Verb::kTiming, "[on|off]", "tell how long each statement takes"},
    {"\\c", Verb::kDatabase, "[DATABASE]", "go on with another configured database"},
    {"\\?", Verb::kHelp, "", "this"},
    {"\\q", Verb::kQuit, "", "end, as Ctrl-D does"},
}};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

}  // namespace

std::optional<PromptCommand> parse_prompt_command(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with('\\')) return std::nullopt;
  if (line.ends_with(';')) line = trimmed(line.substr(0, line.size() - 1));
  const auto end = line.find_first_of(" \t");
  PromptCommand command{.word = std::string(line.substr(0, end))};
  if (end != std::string_view::npos) command.argument = trimmed(line.substr(end));
  const auto* const row =
      std::find_if(kCommands.begin(), kCommands.end(),
                   [&](const CommandRow& candidate) { return candidate.word == command.word; });
  if (row != kCommands.end()) command.verb = row->verb;
  return command;
}

std::string prompt_help() {
  constexpr std::size_t kWidth = 18;
  std::string help;
  for (const CommandRow& row : kCommands) {
    std::string line = "  " + std::string(row.word) + " " + std::string(row.argument);
    line.append(line.size() < kWidth ? kWidth - line.size() : 1, ' ');
    help += line.append(row.help) + "\n";
  }
  return help +
         "A statement ends with a semicolon. Tab completes, Ctrl-C drops the line or gives up\n"
         "waiting, Ctrl-D ends.\n";
}

}  // namespace sqlbus
