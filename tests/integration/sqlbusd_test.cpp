// sqlbusd as an operator meets it: flags, configuration, drivers, pidfile, signals.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

struct Ran {
  ExitStatus status;
  std::string output;
};

Ran run_daemon(std::vector<std::string> arguments) {
  TempDir dir;
  arguments.insert(arguments.begin(), SQLBUS_BUILD_DIR "/sqlbusd");
  ChildProcess daemon({.argv = arguments, .output = dir / "out"});
  const auto status = daemon.wait(std::chrono::seconds(30));
  REQUIRE(status.has_value());
  return {*status, read_text_file(dir / "out")};
}

// A file with this text, and sqlbusd's verdict on it.
Ran check_config(const std::string& text) {
  TempDir dir;
  write_text_file(dir / "bus.ini", text);
  return run_daemon({"--check-config", "--config", dir / "bus.ini"});
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string with_driver(const std::string& driver) {
  return "[default]\ndatabase = main\n[main]\ndriver = " + driver + "\ndatabase = /tmp/x.db\n";
}

}  // namespace

TEST_CASE("the flags that only print do so and end with 0") {
  CHECK(holds(run_daemon({"--version"}).output, "sqlbusd 0."));
  CHECK(holds(run_daemon({"-v"}).output, "sqlbusd 0."));
  for (const auto* flag : {"--config", "--foreground", "--background", "--daemonize", "--pidfile",
                           "--debug", "--kill", "--check-config", "--help-config"}) {
    CHECK(holds(run_daemon({"--help"}).output, flag));
  }
  const auto help = run_daemon({"--help-config"});
  CHECK(help.status == ExitStatus{0, 0});
  for (const auto* key : {"inflight_max", "response_timeout", "unix_socket", "dead_max"}) {
    CHECK(holds(help.output, key));
  }
  CHECK(run_daemon({"--nonsense"}).status == ExitStatus{2, 0});
}

TEST_CASE("the example of a configuration has no faults") {
  const auto ran = run_daemon({"--check-config", "-c", SQLBUS_SOURCE_DIR "/sqlbus.ini.example"});
  INFO(ran.output);
  CHECK(ran.status == ExitStatus{0, 0});
}

TEST_CASE("all faults of a configuration are told at once, with their lines, and no secret") {
  const auto ran = check_config(
      "[default]\n"
      "database = nowhere\n"
      "[redis]\n"
      "prot = 6379\n"
      "connect_timeout = soon\n"
      "password = ${NO_SUCH_VARIABLE}sesame\n"
      "[limits]\n"
      "lease = 10\n"
      "[main]\n"
      "driver = sqlite\n"
      "database = /tmp/x.db\n"
      "password = sesame\n"
      "colour = red\n");
  CHECK(ran.status == ExitStatus{6, 0});
  for (const auto* part : {"bus.ini:2:", "bus.ini:4:", "bus.ini:5:", "bus.ini:6:", "bus.ini:8:",
                           "bus.ini:13:", "prot", "colour", "nowhere"}) {
    CAPTURE(part);
    CHECK(holds(ran.output, part));
  }
  CHECK_FALSE(holds(ran.output, "sesame"));
}

TEST_CASE("a driver that cannot serve is one clear line") {
  TempDir dir;
  write_text_file(dir / "text.so", "not a library");
  struct Case {
    std::string driver;
    std::string part;
  };
  for (const auto& c :
       {Case{"no_such_driver", "no_such_driver"}, Case{dir / "missing.so", "missing.so"},
        Case{dir / "text.so", "text.so"}, Case{"/lib/x86_64-linux-gnu/libc.so.6", "not a SQLBUS"},
        Case{"/usr/local/lib/libsqlbus_oracle.so", "odbc"}}) {
    CAPTURE(c.driver);
    const auto ran = check_config(with_driver(c.driver));
    CHECK(ran.status == ExitStatus{6, 0});
    CHECK(holds(ran.output, c.part));
    CHECK(std::count(ran.output.begin(), ran.output.end(), '\n') == 1);
  }
  const auto by_path = check_config(with_driver(SQLBUS_BUILD_DIR "/drivers/sqlite.so"));
  INFO(by_path.output);
  CHECK(by_path.status == ExitStatus{0, 0});
}

TEST_CASE("a file of the old program parses") {
  const auto ran = check_config(
      "[DEFAULT]\nDataBase = MAIN\nMemCache = CACHE\nDaemonize = 0\n"
      "[CACHE]\nHost = 127.0.0.1\nPort = 6379\nConnectTimeout = 3\nOperateTimeout = 3\n"
      "[MAIN]\nDescriptor = the old one\nDriver = postgres\nServer = 127.0.0.1\nPort = 5432\n"
      "UserName = u\nPassWord = p;w #1\nDataBase = d\nConnectTimeout = 5\n");
  INFO(ran.output);
  CHECK(ran.status == ExitStatus{0, 0});
}

TEST_CASE("a second daemon on the same pidfile is refused, and --kill ends the first") {
  TempDir dir;
  Scene scene(Store::kSqlite, {.starts_bus = false});
  const std::string pidfile = dir / "bus.pid";
  PrivateBus first(scene.config(), {"--pidfile", pidfile});
  REQUIRE(first.wait_ready());
  CHECK(read_text_file(pidfile) == std::to_string(first.pid()) + "\n");
  const auto second = run_daemon({"-c", first.config_file(), "-p", pidfile});
  CHECK(second.status == ExitStatus{1, 0});
  CHECK(holds(second.output, "already running as pid " + std::to_string(first.pid())));
  CHECK(run_daemon({"-k", "-p", pidfile}).status == ExitStatus{0, 0});
  CHECK(first.process().wait(std::chrono::seconds(1)) == ExitStatus{0, 0});
  CHECK(read_text_file(pidfile).empty());
  CHECK(run_daemon({"-k", "-p", pidfile}).status == ExitStatus{7, 0});
}

TEST_CASE("in the background it answers when it is ready, and logs to its file") {
  TempDir dir;
  Scene scene(Store::kSqlite, {.starts_bus = false});
  const std::string pidfile = dir / "bus.pid";
  const auto config = scene.config() + "[log]\nfilename = " + std::string(dir / "bus.log") + "\n";
  write_text_file(dir / "bus.ini", config);
  CHECK(run_daemon({"-b", "-c", dir / "bus.ini", "-p", pidfile}).status == ExitStatus{0, 0});
  CHECK(holds(read_text_file(dir / "bus.log"), "msg=\"ready\""));
  CHECK(scene.value("select 1") == "1");
  CHECK(run_daemon({"-k", "-p", pidfile}).status == ExitStatus{0, 0});
  // A start that fails is told on the terminal.
  write_text_file(dir / "bus.ini", scene.config() + "[log]\nfilename = /nowhere/at/all/bus.log\n");
  const auto failed = run_daemon({"-b", "-c", dir / "bus.ini", "-p", pidfile});
  CHECK(failed.status.code != 0);
  CHECK_FALSE(failed.output.empty());
}

TEST_CASE("SIGINT drains as SIGTERM does, and SIGHUP ends nothing") {
  Scene scene(Store::kSqlite);
  scene.bus().process().kill(SIGHUP);
  CHECK(scene.value("select 1") == "1");
  scene.bus().process().kill(SIGINT);
  CHECK(scene.bus().process().wait(std::chrono::seconds(10)) == ExitStatus{0, 0});
}

TEST_CASE("a statement that outlasts drain_timeout is cancelled and handed back") {
  Scene scene(Store::kPostgres, {.limits = "lease = 2s\ndrain_timeout = 500ms"});
  scene.push(scene.request("select pg_sleep(600)", false));
  REQUIRE(eventually([&] {
    return scene.postgres().query_value(
               "select count(*) from pg_stat_activity where query like 'select pg_sleep%'") == "1";
  }));
  CHECK(scene.bus().terminate(std::chrono::seconds(10)) == ExitStatus{0, 0});
  CHECK(scene.redis().command({"LLEN", kQueue}).integer == 1);
  CHECK(scene.redis().command({"EXISTS", "{SqlBusDefaultQueue}:owner"}).integer == 0);
}

TEST_CASE("a password comes from the folder of credentials that systemd gives a service") {
  PrivateRedis redis({.password = "from systemd"});
  TempDir credentials;
  write_text_file(credentials / "redis.password", "from systemd\n");
  PrivateBus bus(bus_config({.redis_socket = redis.socket(),
                             .redis_lines = "password_file = "
                                            "${CREDENTIALS_DIRECTORY}/redis.password\n",
                             .database = sqlite_section(credentials / "main.db")}),
                 {}, {"CREDENTIALS_DIRECTORY=" + credentials.path().string()});
  REQUIRE(bus.wait_ready());
  CHECK(eventually([&] { return holds(bus.log(), "redis connected"); }));
  CHECK_FALSE(holds(bus.log(), "from systemd"));
}

}  // namespace sqlbus::test
