// sqlbus-manual FOLDER: writes the manual pages, the completions and CONFIGURATION.md into it.
// Part of the build, not of what is installed.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "client/command/options.hpp"
#include "client/driver_check/check_options.hpp"
#include "daemon/process/options.hpp"
#include "manual/pages.hpp"
#include "manual/prose.hpp"

namespace sqlbus::manual {
namespace {

class Folder {
 public:
  explicit Folder(std::filesystem::path path) : path_(std::move(path)) {}

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream file(path_ / name, std::ios::binary);
    file.exceptions(std::ios::badbit | std::ios::failbit);
    file << text;
    file.close();
  }

  void write_completions(const CommandEntry& command) const {
    write("completions/bash/" + command.name, bash_completion(command));
    write("completions/zsh/_" + command.name, zsh_completion(command));
    write("completions/fish/" + command.name + ".fish", fish_completion(command));
  }

 private:
  std::filesystem::path path_;
};

void write_all(const Folder& folder) {
  CommandEntry daemon;
  CommandEntry command;
  CommandEntry check;
  visit_options([&](const CLI::App& app) { daemon = read_command(app); });
  visit_command_line([&](const CLI::App& app) { command = read_command(app); });
  check::visit_command_line([&](const CLI::App& app) { check = read_command(app); });
  folder.write("sqlbusd.8", command_page(daemon, daemon_prose()));
  folder.write("sqlbus.1", command_page(command, command_prose()));
  folder.write("sqlbus-driver-check.1", command_page(check, driver_check_prose()));
  folder.write("sqlbus.ini.5", settings_page());
  folder.write("CONFIGURATION.md", settings_markdown());
  folder.write_completions(daemon);
  folder.write_completions(command);
}

}  // namespace
}  // namespace sqlbus::manual

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "sqlbus-manual FOLDER\n";
    return 2;
  }
  try {
    sqlbus::manual::write_all(sqlbus::manual::Folder(argv[1]));
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "sqlbus-manual: " << e.what() << "\n";
    return 1;
  }
}
