// `sqlbusd --ephemeral`: a bus for a while, that leaves nothing behind.
#include <doctest/doctest.h>
#include <rapidjson/document.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/redis_client.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

// One whose folder is made in ours, with its standard output and its log kept apart.
class EphemeralBus {
 public:
  EphemeralBus()
      : daemon_({.argv = {"sh", "-c", "exec \"$0\" --ephemeral >\"$TMPDIR\"/out 2>\"$TMPDIR\"/log",
                          SQLBUS_BUILD_DIR "/sqlbusd"},
                 .environment = {"TMPDIR=" + dir_.path().string()}}) {
    REQUIRE_MESSAGE(eventually([this] { return output().ends_with('\n'); }), log());
    address_.Parse(output().c_str());
    REQUIRE(address_.IsObject());
  }

  ChildProcess& process() { return daemon_; }
  std::string output() const { return read_text_file(dir_ / "out"); }
  std::string log() const { return read_text_file(dir_ / "log"); }
  std::string text(const char* member) const { return address_[member].GetString(); }
  int number(const char* member) const { return address_[member].GetInt(); }
  std::string socket() const { return text("url").substr(std::string("unix://").size()); }
  const TempDir& dir() const { return dir_; }

 private:
  TempDir dir_;
  ChildProcess daemon_;
  rapidjson::Document address_;
};

bool listens(const std::string& socket) {
  try {
    RedisClient::over_socket(socket);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("an ephemeral bus tells its address on one line, answers there, and logs elsewhere") {
  EphemeralBus bus;
  const auto output = bus.output();
  CHECK(std::count(output.begin(), output.end(), '\n') == 1);
  CHECK(bus.log().find("ready") != std::string::npos);
  CHECK(bus.number("pid") == bus.process().pid());
  const auto queue = bus.text("queue");
  const auto exec = run_sqlbus({"exec", "--sync", "create table t (i integer)", "--redis",
                                bus.text("url"), "--queue", queue});
  INFO(exec.output);
  CHECK(exec.code == 0);
  const auto query = run_sqlbus({"query", "select 6 * 7 as answer", "--redis", bus.text("url")});
  INFO(query.output);
  CHECK(query.code == 0);
  CHECK(query.holds("42"));
  CHECK(run_sqlbus({"status", "--config", bus.text("config")}).code == 0);
  CHECK(std::filesystem::file_size(bus.text("database")) > 0);
}

TEST_CASE("only its user can enter the folder of an ephemeral bus, and it goes with the bus") {
  EphemeralBus bus;
  struct stat status {};
  REQUIRE(stat(bus.text("folder").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  const auto folder = bus.text("folder");
  CHECK(folder.starts_with(bus.dir().path().string()));
  int signal = 0;
  SUBCASE("by SIGTERM") { signal = SIGTERM; }
  SUBCASE("by SIGINT") { signal = SIGINT; }
  bus.process().kill(signal);
  CHECK(bus.process().wait(std::chrono::seconds(30)) == ExitStatus{0, 0});
  CHECK_FALSE(std::filesystem::exists(folder));
  CHECK_FALSE(listens(bus.socket()));
}

TEST_CASE("the redis of an ephemeral bus that is killed ends with it") {
  EphemeralBus bus;
  REQUIRE(listens(bus.socket()));
  bus.process().kill9();
  CHECK(eventually([&] { return !listens(bus.socket()); }));
}

TEST_CASE("an ephemeral bus without a redis-server says so, and leaves nothing") {
  TempDir dir;
  const TempDir empty;
  ChildProcess daemon(
      {.argv = {SQLBUS_BUILD_DIR "/sqlbusd", "--ephemeral"},
       .environment = {"PATH=" + empty.path().string(), "TMPDIR=" + empty.path().string()},
       .output = dir / "out"});
  CHECK(daemon.wait(std::chrono::seconds(30)) == ExitStatus{1, 0});
  CHECK(read_text_file(dir / "out").find("redis-server") != std::string::npos);
  CHECK(std::filesystem::is_empty(empty.path()));
}

TEST_CASE("an ephemeral bus takes no file, and does not go into the background") {
  for (const std::string flag : {"--config=x.ini", "--background", "--kill"}) {
    CAPTURE(flag);
    TempDir dir;
    ChildProcess daemon(
        {.argv = {SQLBUS_BUILD_DIR "/sqlbusd", "--ephemeral", flag}, .output = dir / "out"});
    CHECK(daemon.wait(std::chrono::seconds(30)) == ExitStatus{2, 0});
    CHECK(read_text_file(dir / "out").find("--ephemeral") != std::string::npos);
  }
}

}  // namespace sqlbus::test
