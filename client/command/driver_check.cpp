#include "client/command/driver_check.hpp"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

namespace sqlbus {

ExitCode become_driver_check(const CommandOptions& options) {
  std::error_code fault;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", fault);
  auto program = (self.parent_path() / "sqlbus-driver-check").string();
  auto arguments = options.arguments;
  std::vector<char*> argv = {program.data()};
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  std::cerr << "sqlbus: " << program << " cannot be run: it comes with the driver kit\n";
  return ExitCode::kUsage;
}

}  // namespace sqlbus
