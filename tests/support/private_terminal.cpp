#include "tests/support/private_terminal.hpp"

#include <chrono>
#include <stdexcept>

#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

std::vector<std::string> with_utf8(std::vector<std::string> environment) {
  environment.emplace_back("LC_ALL=C.UTF-8");
  environment.emplace_back("TMUX=");
  return environment;
}

}  // namespace

// -D keeps the server in the foreground, where it ends with the test.
PrivateTerminal::PrivateTerminal(Size size, const std::vector<std::string>& environment)
    : server_({.argv = {"tmux", "-D", "-S", dir_ / "socket", "-f", "/dev/null"},
               .environment = with_utf8(environment),
               .output = dir_ / "server"}) {
  if (!eventually([&] { return std::filesystem::exists(dir_ / "socket"); })) {
    throw std::runtime_error("tmux does not start: " + read_text_file(dir_ / "server"));
  }
  tmux({"new-session", "-d", "-s", "shell", "-x", std::to_string(size.columns), "-y",
        std::to_string(size.rows), "env", "-u", "ENV", "PS1=$ ", "/bin/sh"});
  if (!eventually([&] { return shows("$"); })) {
    throw std::runtime_error("no shell in the terminal: " + screen());
  }
}

// A semicolon at the end of a word ends tmux' command, unless it is told otherwise.
void PrivateTerminal::type(std::string_view text) {
  std::string keys(text);
  if (keys.ends_with(';')) keys.insert(keys.size() - 1, "\\");
  tmux({"send-keys", "-t", "shell", "-l", keys});
}

void PrivateTerminal::resize(Size size) {
  tmux({"resize-window", "-t", "shell", "-x", std::to_string(size.columns), "-y",
        std::to_string(size.rows)});
}

std::string PrivateTerminal::screen(bool styles) {
  if (styles) return tmux({"capture-pane", "-p", "-e", "-t", "shell"});
  return tmux({"capture-pane", "-p", "-t", "shell"});
}

std::string PrivateTerminal::state(std::string_view format) {
  auto text = tmux({"display-message", "-p", "-t", "shell", "#{" + std::string(format) + "}"});
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string PrivateTerminal::tmux(std::vector<std::string> arguments) {
  const auto output = dir_ / "answer";
  std::filesystem::remove(output);
  const std::vector<std::string> server{"tmux", "-S", dir_ / "socket"};
  arguments.insert(arguments.begin(), server.begin(), server.end());
  ChildProcess client({.argv = arguments, .environment = with_utf8({}), .output = output});
  const auto ended = client.wait(std::chrono::seconds(20));
  auto answer = read_text_file(output);
  if (ended != ExitStatus{.code = 0}) {
    throw std::runtime_error("tmux " + arguments[3] + ": " + answer);
  }
  return answer;
}

}  // namespace sqlbus::test
