// The `sqlbus` command.

#include "client/command/options.hpp"
#include "client/command/run.hpp"

int main(int argc, char** argv) {
  const auto parsed = sqlbus::parse_command_line(argc, argv);
  if (const auto* code = std::get_if<sqlbus::ExitCode>(&parsed)) return static_cast<int>(*code);
  return static_cast<int>(sqlbus::run_command(std::get<sqlbus::CommandOptions>(parsed)));
}
