// `sqlbus shell` in a real terminal, and with statements from a file.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/private_terminal.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

struct Typed {
  explicit Typed(const std::vector<std::string>& environment = {},
                 const std::string& options = "--timeout 20s")
      : terminal({.columns = 100, .rows = 40}, with_state(environment)), options_(options) {
    REQUIRE(scene.ask("create table orders (id integer primary key, customer text)").error_id == 0);
    REQUIRE(scene.ask("insert into orders values (1, 'anna'), (2, null)").error_id == 0);
  }

  std::vector<std::string> with_state(std::vector<std::string> environment) const {
    environment.push_back("XDG_STATE_HOME=" + dir.path().string());
    return environment;
  }
  void start() {
    terminal.run(SQLBUS_BUILD_DIR "/sqlbus shell --config " + scene.bus().config_file().string() +
                 " " + options_);
    REQUIRE(comes("helps, \\q ends."));
    REQUIRE(waits_at("sqlbus>"));
  }
  bool comes(const std::string& part) {
    return eventually([&] { return terminal.shows(part); });
  }
  // What stands on the last line that is not empty.
  std::string last_line() {
    auto screen = terminal.screen();
    while (screen.ends_with('\n')) screen.pop_back();
    return screen.substr(screen.rfind('\n') + 1);
  }
  bool waits_at(const std::string& prompt) {
    return eventually([&] { return last_line() == prompt; });
  }

  TempDir dir;
  Scene scene{Store::kSqlite};
  PrivateTerminal terminal;

 private:
  std::string options_;
};

constexpr const char* kCtrlC = "\x03";
constexpr const char* kCtrlD = "\x04";

}  // namespace

TEST_CASE("a statement may have several lines, and its rows are seen") {
  Typed typed;
  typed.start();
  CHECK(typed.terminal.shows("SQLITE"));
  typed.terminal.run("select id,");
  CHECK(typed.waits_at("     ->"));
  typed.terminal.run("customer from orders -- not yet;");
  typed.terminal.run("order by id;");
  CHECK(typed.comes("  1 | anna\n  2 | NULL\n(2 rows)"));
  typed.terminal.run("select 'a");
  CHECK(typed.waits_at("     '>"));
  typed.terminal.run("b' as x; select 3 as y;");
  CHECK(typed.comes(" a\\nb\n(1 row)"));
  CHECK(typed.comes(" 3\n(1 row)"));
  typed.terminal.run("insert into orders values (3, 'c');");
  CHECK(typed.comes("AFFECTED 1"));
}

TEST_CASE("errors tell their ERRORID and SQLSTATE, in red, and what to do instead") {
  Typed typed;
  typed.start();
  typed.terminal.run("select * from missing;");
  CHECK(typed.comes("error -1 EXECUTION_FAILED (42P01): "));
  CHECK(typed.terminal.screen(true).find("\x1b[31merror -1") != std::string::npos);
  typed.terminal.run("begin;");
  CHECK(typed.comes("error 1304 STATEMENT_REFUSED"));
  CHECK(typed.comes("hint: the bus runs each statement in a transaction of its own"));
}

TEST_CASE("with NO_COLOR the shell writes text alone") {
  Typed typed({"NO_COLOR=1"});
  typed.terminal.run("clear");
  typed.start();
  typed.terminal.run("select * from missing;");
  REQUIRE(typed.comes("error -1 EXECUTION_FAILED"));
  CHECK(typed.terminal.screen(true).find("\x1b[31m") == std::string::npos);
}

TEST_CASE("the tab key completes keywords, tables and columns") {
  Typed typed;
  typed.start();
  typed.terminal.type("SEL\t");
  CHECK(typed.waits_at("sqlbus> SELECT"));
  typed.terminal.type("cust\t");
  CHECK(typed.waits_at("sqlbus> SELECT customer"));
  typed.terminal.type("from orde\t");
  // One keyword and one table: both are shown, and the line stays.
  CHECK(typed.waits_at("sqlbus> SELECT customer from order"));
  typed.terminal.type("\t");
  CHECK(typed.comes("order  orders"));
  CHECK(typed.waits_at("sqlbus> SELECT customer from order"));
  typed.terminal.run("s where id = 1;");
  CHECK(typed.comes(" anna\n(1 row)"));
}

TEST_CASE("lines with a backslash are for the shell") {
  Typed typed;
  typed.start();
  typed.terminal.run("\\d");
  CHECK(typed.comes(" orders                | table"));
  typed.terminal.run("\\d orders");
  CHECK(typed.comes(" customer | TEXT    | yes"));
  typed.terminal.run("\\d nowhere");
  CHECK(typed.comes("there is no table nowhere"));
  typed.terminal.run("\\timing");
  typed.terminal.run("\\x");
  typed.terminal.run("select 42 as answer;");
  CHECK(typed.comes("-[ RECORD 1 ]"));
  CHECK(typed.comes("answer | 42"));
  CHECK(typed.comes("Time: "));
  typed.terminal.run("\\o csv");
  typed.terminal.run("select 1 as a, null as b;");
  CHECK(typed.comes("a,b\n1,\n"));
  typed.terminal.run("\\?");
  CHECK(typed.comes("go on with another configured database"));
  typed.terminal.run("\\c nowhere");
  typed.terminal.run("select 1;");
  CHECK(typed.comes("error 1201 UNKNOWN_DATABASE"));
  CHECK(typed.waits_at("nowhere>"));
  typed.terminal.run("\\nonsense");
  CHECK(typed.comes("there is no \\nonsense"));
}

TEST_CASE("Ctrl-C drops the line, and gives up waiting for an answer") {
  Typed typed;
  typed.start();
  typed.terminal.run("select 'dropped");
  REQUIRE(typed.waits_at("     '>"));
  typed.terminal.type("as well");
  typed.terminal.type(kCtrlC);
  CHECK(typed.comes("as well^C"));
  REQUIRE(typed.waits_at("sqlbus>"));
  typed.terminal.run("select 'kept' as x;");
  CHECK(typed.comes(" kept\n(1 row)"));

  const std::vector<std::string> where{"--config", typed.scene.bus().config_file()};
  REQUIRE(run_sqlbus({"pause", where[0], where[1]}).code == 0);
  REQUIRE(typed.waits_at("sqlbus>"));
  typed.terminal.run("select 'late' as x;");
  REQUIRE(eventually([&] { return typed.scene.redis().command({"LLEN", kQueue}).integer == 1; }));
  typed.terminal.type(kCtrlC);
  CHECK(typed.comes("given up; it may take effect all the same: sqlbus trace "));
  REQUIRE(run_sqlbus({"resume", where[0], where[1]}).code == 0);
  REQUIRE(typed.waits_at("sqlbus>"));
  typed.terminal.run("select 'after' as x;");
  CHECK(typed.comes(" after\n(1 row)"));
}

TEST_CASE("the history is kept from one time to the next, for its owner alone") {
  Typed typed;
  typed.start();
  typed.terminal.run("select 'remembered' as x;");
  REQUIRE(typed.comes(" remembered\n"));
  // What is typed while the one or the other takes the terminal over may be thrown away.
  REQUIRE(typed.waits_at("sqlbus>"));
  typed.terminal.type(kCtrlD);
  REQUIRE(typed.waits_at("$"));
  typed.terminal.run("clear; echo ended $?");
  REQUIRE(typed.comes("ended 0"));
  const auto file = typed.dir / "sqlbus/history";
  struct stat facts {};
  REQUIRE(stat(file.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600U);
  typed.start();
  typed.terminal.type("\x1b[A");
  CHECK(typed.waits_at("sqlbus> select 'remembered' as x;"));
}

TEST_CASE("the terminal is as it was, however the shell ends") {
  Typed typed;
  const auto modes = [&](const std::string& name) {
    const auto file = typed.dir / name;
    REQUIRE(typed.waits_at("$"));
    typed.terminal.run("stty -g >" + file.string() + "; echo " + name + " told");
    REQUIRE(typed.comes("\n" + name + " told"));
    return read_text_file(file);
  };
  const auto before = modes("before");
  SUBCASE("by \\q") {
    typed.start();
    typed.terminal.run("\\q");
  }
  SUBCASE("by Ctrl-D") {
    typed.start();
    typed.terminal.type(kCtrlD);
  }
  SUBCASE("by SIGTERM") {
    const auto pid_file = typed.dir / "pid";
    typed.terminal.run("sh -c 'echo $$ > " + pid_file.string() +
                       "; exec " SQLBUS_BUILD_DIR "/sqlbus shell --config " +
                       typed.scene.bus().config_file().string() + "'");
    REQUIRE(typed.waits_at("sqlbus>"));
    ::kill(std::stoi(read_text_file(pid_file)), SIGTERM);
  }
  CHECK(modes("after") == before);
}

TEST_CASE("the shell goes on over an outage of Redis") {
  Typed typed;
  typed.start();
  typed.scene.redis().kill9();
  typed.terminal.run("select 1 as x;");
  CHECK(typed.comes("sqlbus: redis "));
  typed.scene.redis().restart();
  REQUIRE(typed.waits_at("sqlbus>"));
  typed.terminal.run("select 'back' as x;");
  CHECK(typed.comes(" back\n(1 row)"));
}

TEST_CASE("from a file the statements run in turn, up to the first error") {
  Scene scene(Store::kSqlite);
  const TempDir dir;
  write_text_file(dir / "in.sql",
                  "create table t (i integer);\n"
                  "create trigger g after insert on t begin delete from t where i < 0; end;\n"
                  "insert into t values (1),\n (2);\n"
                  "\\o csv\n"
                  "select * from t;\n"
                  "select * from missing;\n"
                  "select 'not reached' as x");
  const auto run = [&](const std::string& options) {
    ChildProcess shell({.argv = {"sh", "-c",
                                 SQLBUS_BUILD_DIR "/sqlbus shell " + options + " --config '" +
                                     scene.bus().config_file().string() + "' <'" +
                                     (dir / "in.sql").string() + "'"},
                        .output = dir / ("out" + options)});
    const auto ended = shell.wait(std::chrono::seconds{20});
    REQUIRE(ended.has_value());
    return SqlbusRun{ended->code, read_text_file(dir / ("out" + options))};
  };
  const auto strict = run("");
  CHECK(strict.code == 1);
  CHECK(strict.holds("AFFECTED 2\ni\n1\n2\n"));
  CHECK(strict.holds("(42P01)"));
  CHECK_FALSE(strict.holds("not reached"));
  CHECK_FALSE(strict.holds("sqlbus>"));
  CHECK_FALSE(strict.holds("\x1b"));
  const auto lenient = run("--keep-going");
  CHECK(lenient.code == 1);
  CHECK(lenient.holds("not reached"));
}

}  // namespace sqlbus::test
