// `sqlbus top` in a real terminal, and into a pipe.
#include <doctest/doctest.h>

#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/private_terminal.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

constexpr const char* kKeys = "q quit  p hold";

// Its database `away` has a server that is not there.
struct Watched {
  Watched()
      : scene(Store::kSqlite, {.limits = "lease = 1s",
                               .other_sections = "[away]\ndriver = postgres\nserver = " +
                                                 dir.path().string() + "\ndatabase = nothing\n"}) {}

  std::string command(const std::string& interval = "100ms") const {
    return SQLBUS_BUILD_DIR "/sqlbus top --config " + config() + " --interval " + interval;
  }
  std::string config() const { return file; }
  SqlbusRun run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", config()});
    return run_sqlbus(std::move(arguments));
  }

  TempDir dir;
  Scene scene;
  const std::string file = scene.bus().config_file();
};

bool comes(PrivateTerminal& terminal, const std::string& part) {
  return eventually([&] { return terminal.shows(part); });
}

bool is_given_back(PrivateTerminal& terminal) {
  return terminal.state("alternate_on") == "0" && terminal.state("cursor_flag") == "1" &&
         terminal.state("wrap_flag") == "1" && !terminal.shows(kKeys);
}

// The line that begins with these words; empty where none does.
std::string line_of(const std::string& screen, const std::string& words) {
  const auto text = "\n" + screen;
  const auto at = text.find("\n" + words);
  if (at == std::string::npos) return {};
  return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

// The word at this place of a line.
std::string word(const std::string& line, int place) {
  std::istringstream in(line);
  std::string found;
  for (int i = 0; i <= place; ++i) {
    found.clear();
    in >> found;
  }
  return found;
}

}  // namespace

TEST_CASE("top shows the queue, its depth, and which database is away") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  REQUIRE(watched.run({"pause", "--reason", "moving house"}).code == 0);
  terminal.run(watched.command());
  REQUIRE(comes(terminal, kKeys));
  CHECK(terminal.state("alternate_on") == "1");
  const auto depth = [&] { return word(line_of(terminal.screen(), std::string(kQueue)), 2); };
  CHECK(comes(terminal, std::string(kQueue) + "  PAUSED"));
  CHECK(comes(terminal, "moving house"));
  CHECK(eventually([&] { return depth() == "0"; }));
  for (int i = 0; i < 7; ++i) watched.scene.push(watched.scene.request("select 1", false));
  CHECK(eventually([&] { return depth() == "7"; }));
  auto lost = watched.scene.request("select 1", false);
  lost.database = "away";
  watched.scene.push(lost);
  CHECK(eventually([&] { return depth() == "8"; }));

  REQUIRE(watched.run({"resume"}).code == 0);
  CHECK(eventually([&] { return depth() == "0"; }));
  const auto away = [&](int place) { return word(line_of(terminal.screen(), "away "), place); };
  CHECK(eventually([&] { return away(2) == "DOWN"; }));
  CHECK(eventually([&] { return away(3) == "1"; }));
  CHECK(comes(terminal, "  away: "));
  CHECK(line_of(terminal.screen(), "main *").find("up") != std::string::npos);

  watched.scene.push(watched.scene.request("insert into nowhere values (1)", false));
  CHECK(comes(terminal, "EXECUTION_FAILED"));
  CHECK(comes(terminal, "no such table: nowhere"));
  CHECK(terminal.screen(true).find("\x1b[") != std::string::npos);
}

TEST_CASE("top tells how much comes in and goes out") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  terminal.run(watched.command());
  REQUIRE(comes(terminal, kKeys));
  const auto rate = [&](int place) {
    const auto text = word(line_of(terminal.screen(), std::string(kQueue)), place);
    return text.empty() || text == "-" ? -1.0 : std::stod(text);
  };
  CHECK(eventually([&] { return rate(3) == 0 && rate(4) == 0; }));
  bool has_come = false;
  bool has_gone = false;
  CHECK(eventually([&] {
    watched.scene.push_all(std::vector<std::string>(50, "select 1"));
    has_come = has_come || rate(3) > 0;
    has_gone = has_gone || rate(4) > 0;
    return has_come && has_gone;
  }));
  CHECK(eventually([&] { return rate(3) == 0 && rate(4) == 0; }));
}

TEST_CASE("top goes on over an outage of Redis, and says so") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  terminal.run(watched.command());
  REQUIRE(comes(terminal, kKeys));
  watched.scene.redis().kill9();
  REQUIRE(comes(terminal, "redis is away: "));
  CHECK(terminal.shows(kQueue));  // as it was seen last
  watched.scene.redis().restart();
  CHECK(eventually([&] { return !terminal.shows("redis is away"); }));
  watched.scene.redis().pause();
  CHECK(comes(terminal, "redis is away: "));
  watched.scene.redis().resume();
  CHECK(eventually([&] { return !terminal.shows("redis is away"); }));
  watched.scene.bus().terminate();
  CHECK(comes(terminal, "NO DAEMON"));
}

TEST_CASE("top fits into a window that changes") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  terminal.run(watched.command("1h"));  // it is the window that has it drawn anew
  REQUIRE(comes(terminal, kKeys));
  const auto fits = [&](std::size_t rows, std::size_t columns) {
    return eventually([&] {
      std::istringstream lines(terminal.screen());
      std::size_t count = 0;
      std::string last;
      bool is_narrow = true;
      for (std::string line; std::getline(lines, line); ++count) {
        // A cut is one column of three bytes.
        is_narrow = is_narrow && line.size() <= columns + 2;
        last = line;
      }
      return count == rows && is_narrow && last.starts_with(kKeys) &&
             terminal.screen().starts_with("sqlbus top");
    });
  };
  CHECK(fits(24, 80));
  terminal.resize({.columns = 60, .rows = 15});
  CHECK(fits(15, 60));
  CHECK(terminal.shows("DEPTH"));
  CHECK(terminal.shows(" DEAD"));
  terminal.resize({.columns = 120, .rows = 40});
  CHECK(fits(40, 120));
  terminal.resize({.columns = 1, .rows = 1});
  terminal.resize({.columns = 80, .rows = 24});
  CHECK(fits(24, 80));
}

TEST_CASE("top listens to its keys") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  terminal.run(watched.command());
  REQUIRE(comes(terminal, kKeys));
  terminal.type("?");
  CHECK(comes(terminal, "IN/S "));
  CHECK(comes(terminal, "order of the queues: as named"));
  terminal.type("?");
  CHECK(comes(terminal, "DATABASE"));
  terminal.type("p");
  REQUIRE(comes(terminal, "HELD"));
  REQUIRE(watched.run({"pause"}).code == 0);
  terminal.type("?");
  REQUIRE(comes(terminal, "order of the queues: as named"));
  terminal.type("?");
  REQUIRE(comes(terminal, "DATABASE"));
  CHECK_FALSE(terminal.shows("PAUSED"));
  terminal.type("p");
  CHECK(comes(terminal, "PAUSED"));
}

TEST_CASE("top gives the terminal back, however it ends") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  terminal.run("echo what was here; stty -g > " + watched.dir.path().string() + "/before");
  REQUIRE(comes(terminal, "\nwhat was here"));
  int signal = 0;
  std::string code = "0";
  SUBCASE("by q") {}
  SUBCASE("by SIGINT") {
    signal = SIGINT;
    code = "130";
  }
  SUBCASE("by SIGTERM") {
    signal = SIGTERM;
    code = "143";
  }
  SUBCASE("by SIGTERM, with Redis silent") {
    watched.scene.redis().pause();
    signal = SIGTERM;
    code = "143";
  }
  const auto pid_file = watched.dir / "pid";
  terminal.run("sh -c 'echo $$ > " + pid_file.string() + "; exec " + watched.command() + "'");
  REQUIRE(comes(terminal, kKeys));
  REQUIRE(terminal.state("alternate_on") == "1");
  if (signal == 0) {
    terminal.type("q");
  } else {
    ::kill(std::stoi(read_text_file(pid_file)), signal);
  }
  REQUIRE(eventually([&] { return is_given_back(terminal); }));
  watched.scene.redis().resume();
  terminal.run("echo ended $?");
  CHECK(comes(terminal, "\nended " + code));
  CHECK(terminal.shows("what was here"));
  terminal.run("stty -g > " + watched.dir.path().string() + "/after; echo told");
  REQUIRE(comes(terminal, "\ntold"));
  CHECK(read_text_file(watched.dir / "after") == read_text_file(watched.dir / "before"));
}

TEST_CASE("top ends after so many looks, and lends the terminal to the shell when it is stopped") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24});
  terminal.run(watched.command() + " --count 3; echo ended $?");
  CHECK(comes(terminal, "\nended 0"));
  CHECK(is_given_back(terminal));

  terminal.run("set -m; " + watched.command());
  REQUIRE(comes(terminal, kKeys));
  terminal.type("\x1a");  // Ctrl-Z
  CHECK(eventually([&] { return is_given_back(terminal); }));
  terminal.run("fg");
  CHECK(comes(terminal, kKeys));
  terminal.type("q");
  CHECK(eventually([&] { return is_given_back(terminal); }));
}

TEST_CASE("top ends with its window") {
  Watched watched;
  const auto pid_file = watched.dir / "pid";
  pid_t pid = 0;
  {
    PrivateTerminal terminal({.columns = 80, .rows = 24});
    terminal.run("sh -c 'echo $$ > " + pid_file.string() + "; exec " + watched.command() + "'");
    REQUIRE(comes(terminal, kKeys));
    pid = std::stoi(read_text_file(pid_file));
    REQUIRE(::kill(pid, 0) == 0);
  }
  CHECK(eventually([&] { return ::kill(pid, 0) != 0; }));
}

TEST_CASE("with NO_COLOR there is text alone") {
  Watched watched;
  PrivateTerminal terminal({.columns = 80, .rows = 24}, {"NO_COLOR=1"});
  REQUIRE(watched.run({"pause"}).code == 0);
  terminal.run("clear; " + watched.command());
  REQUIRE(comes(terminal, "PAUSED"));
  CHECK(terminal.screen(true).find('\x1b') == std::string::npos);
}

TEST_CASE("into a pipe top prints plain lines, once or as often as it is told") {
  Watched watched;
  const auto once = watched.run({"top"});
  CHECK(once.code == 0);
  CHECK(once.count("sqlbus top") == 1);
  CHECK(once.holds(std::string(kQueue)));
  CHECK_FALSE(once.holds("\x1b"));
  CHECK_FALSE(once.holds(kKeys));
  const auto thrice = watched.run({"top", "--count", "3", "--interval", "100ms"});
  CHECK(thrice.code == 0);
  CHECK(thrice.count("sqlbus top") == 3);

  CHECK(watched.run({"top", "--count", "0"}).code == 2);
  CHECK(watched.run({"top", "--interval", "1ms"}).code == 2);
  watched.scene.redis().kill9();
  const auto away = watched.run({"top"});
  CHECK(away.code == 3);
  CHECK(away.holds("redis is away: "));
}

}  // namespace sqlbus::test
