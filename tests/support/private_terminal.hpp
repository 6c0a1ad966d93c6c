// A terminal of one's own, with a shell in it: a tmux server on a socket in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

// Throws std::runtime_error where tmux does not do what it is told. What runs in it gets SIGHUP
// when it ends.
class PrivateTerminal {
 public:
  struct Size {
    int columns = 80;
    int rows = 24;
  };

  explicit PrivateTerminal(Size size, const std::vector<std::string>& environment = {});

  // As if it were typed.
  void type(std::string_view text);
  void enter() { tmux({"send-keys", "-t", "shell", "Enter"}); }
  void run(std::string_view command_line) {
    type(command_line);
    enter();
  }
  void resize(Size size);
  // Its lines as they are seen; with `styles` the sequences that colour them as well.
  std::string screen(bool styles = false);
  bool shows(std::string_view part) { return screen().find(part) != std::string::npos; }
  // One of tmux' formats, as cursor_flag, alternate_on, pane_dead.
  std::string state(std::string_view format);

 private:
  std::string tmux(std::vector<std::string> arguments);

  TempDir dir_;
  ChildProcess server_;
};

}  // namespace sqlbus::test
