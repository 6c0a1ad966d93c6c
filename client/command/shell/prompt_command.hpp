// What is typed at the prompt for the shell itself: a backslash, a word, and what it is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sqlbus {

struct PromptCommand {
  enum class Verb : std::uint8_t {
    kHelp,
    kQuit,
    kDescribe,
    kSideways,
    kFormat,
    kTiming,
    kDatabase,
    kUnknown,
  };

  Verb verb = Verb::kUnknown;
  std::string word;      // as it was typed
  std::string argument;  // without the blanks around it, nor a semicolon at its end
};

// Nothing where the line is none.
std::optional<PromptCommand> parse_prompt_command(std::string_view line);

// All of them, a line each.
std::string prompt_help();

}  // namespace sqlbus
