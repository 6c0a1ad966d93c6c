// The daemon's log: whole under rotation and faults, masked, and with the UUID of each request.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/log/rotated_files.hpp"
#include "protocol/error_id.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "hunter2marker";
constexpr const char* kCounting =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < ";

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}
bool holds(const std::string& text, std::string_view part) { return count(text, part) > 0; }

std::vector<std::string> lines_with(const std::string& text, std::string_view part) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (holds(line, part)) lines.push_back(line);
  }
  return lines;
}

// A scene whose bus logs into a folder.
struct LogScene {
  explicit LogScene(const std::string& log_lines)
      : scene(Store::kSqlite, {.other_sections = section(log_lines), .starts_bus = false}) {
    bus.emplace(scene.config());
    REQUIRE(eventually([&] { return holds(current(), "msg=\"ready\""); }));
  }

  std::string section(const std::string& lines) const {
    return "[log]\nfilename = " + path() + "\n" + lines;
  }
  std::string path() const { return dir / "log/a.log"; }
  std::string current() const { return read_text_file(path()); }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(dir / "log")) found.push_back(entry.path());
    return found;
  }
  std::string all() const {
    std::string text;
    for (const auto& file : files()) text += read_text_file(file);
    return text;
  }
  void insert(int requests) {
    REQUIRE(scene.ask("create table if not exists t (a)").error_id == 0);
    scene.push_all(
        std::vector<std::string>(static_cast<std::size_t>(requests), "insert into t values (1)"));
    REQUIRE(scene.is_drained());
  }

  TempDir dir;
  bool has_folder = fs::create_directory(dir / "log");
  Scene scene;
  std::optional<PrivateBus> bus;
};

bool is_whole(const std::string& line) {
  return line.starts_with("20") && line.find("Z level=") == 23 && holds(line, " msg=\"") &&
         count(line, "Z level=") == 1;
}

}  // namespace

TEST_CASE("under load no line is lost or torn by rotation, and old files go") {
  LogScene scene("level = debug\nmaxsize = 64KiB\nkeep_files = 10000\n");
  constexpr int kRequests = 3000;
  scene.insert(kRequests);
  REQUIRE(scene.bus->terminate() == ExitStatus{.code = 0});
  CHECK(scene.files().size() > 5);
  for (const auto& file : scene.files()) {
    CHECK(fs::file_size(file) <= 64 * 1024);
    std::istringstream lines(read_text_file(file));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      REQUIRE(is_whole(line));
    }
  }
  const auto text = scene.all();
  CHECK(count(text, "msg=\"request done\"") >= kRequests);
  CHECK(count(text, "log lines were lost") == 0);
  std::set<std::string> uuids;
  for (const auto& line : lines_with(text, "msg=\"request done\"")) {
    const auto at = line.find(" uuid=");
    REQUIRE(at != std::string::npos);
    uuids.insert(line.substr(at + 6, 36));
  }
  CHECK(uuids.size() == kRequests + 1);
}

TEST_CASE("so many renamed files are kept, and a reload changes how many") {
  LogScene scene("level = debug\nmaxsize = 16KiB\nkeep_files = 3\n");
  scene.insert(500);
  CHECK(eventually([&] { return scene.files().size() == 4; }));
  auto config = scene.scene.config();
  config.replace(config.find("keep_files = 3"), 14, "keep_files = 1");
  write_text_file(scene.bus->config_file(), config);
  scene.bus->process().kill(SIGHUP);
  // What tells of it may be in a file that is not kept.
  CHECK(eventually([&] {
    scene.insert(50);
    return scene.files().size() == 2;
  }));
}

TEST_CASE("logrotate moves the file and sends SIGUSR1, or only moves it, or deletes it") {
  LogScene scene("level = info\n");
  const auto fail_one = [&] { scene.scene.ask("select * from nowhere"); };
  fs::rename(scene.path(), scene.dir / "moved");
  scene.bus->process().kill(SIGUSR1);
  REQUIRE(eventually([&] { return holds(scene.current(), "log file opened again"); }));
  CHECK(holds(read_text_file(scene.dir / "moved"), "msg=\"ready\""));
  fs::rename(scene.path(), scene.dir / "again");
  CHECK(eventually([&] {
    fail_one();
    return holds(scene.current(), "request failed");
  }));
  fs::remove(scene.path());
  CHECK(eventually([&] {
    fail_one();
    return holds(scene.current(), "request failed");
  }));
}

TEST_CASE("a full disk stops nothing, and afterwards one line says how many were lost") {
  TempDir dir;
  fs::create_symlink("/dev/full", dir / "a.log");
  const auto log = "[log]\nlevel = debug\nfilename = " + (dir / "a.log").string() + "\n";
  Scene scene(Store::kSqlite, {.other_sections = log, .starts_bus = false});
  PrivateBus bus(scene.config());
  CHECK(scene.value("select 1") == "1");
  scene.push_all(std::vector<std::string>(1000, "select 1"));
  REQUIRE(scene.is_drained());
  fs::remove(dir / "a.log");
  REQUIRE(eventually([&] {
    scene.ask("select 1");
    return holds(read_text_file(dir / "a.log"), "log lines were lost");
  }));
  const auto text = read_text_file(dir / "a.log");
  CHECK(count(text, "log lines were lost") == 1);
  const auto line = lines_with(text, "log lines were lost").at(0);
  CHECK(std::stoul(line.substr(line.find(" lines=") + 7)) > 1000);
}

TEST_CASE("a file that may not grow any more stops nothing") {
  TempDir dir;
  const auto log = "[log]\nlevel = debug\nfilename = " + (dir / "a.log").string() + "\n";
  Scene scene(Store::kSqlite, {.other_sections = log,
                               .database_lines = "exactly_once = off",  // it writes nothing
                               .starts_bus = false});
  write_text_file(dir / "sqlbus.ini", scene.config());
  const auto begin =
      "ulimit -f 64; exec " SQLBUS_BUILD_DIR "/sqlbusd --config " + (dir / "sqlbus.ini").string();
  ChildProcess bus({.argv = {"sh", "-c", begin}, .output = dir / "out"});
  scene.push_all(std::vector<std::string>(1000, "select 1"));
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select 1") == "1");
  CHECK(fs::file_size(dir / "a.log") >= 32 * 1024);
  CHECK(bus.is_running());
}

TEST_CASE("a pipe that nobody reads stops nothing, and the daemon still ends") {
  TempDir dir;
  const auto fifo = (dir / "fifo").string();
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  Scene scene(Store::kSqlite, {.other_sections = "[log]\nlevel = debug\n", .starts_bus = false});
  write_text_file(dir / "sqlbus.ini", scene.config());
  ChildProcess bus(
      {.argv = {SQLBUS_BUILD_DIR "/sqlbusd", "--config", dir / "sqlbus.ini"}, .output = fifo});
  scene.push_all(std::vector<std::string>(3000, "select 1"));
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select 1") == "1");
  bus.kill(SIGTERM);
  CHECK(bus.wait(std::chrono::seconds(20)) == ExitStatus{.code = 0});
  close(reader);
}

TEST_CASE("the last lines are there when a second signal ends the daemon at once") {
  Scene scene(Store::kSqlite);
  auto request = scene.request(std::string(kCounting) + "1000000000) select count(*) from n");
  scene.push(request);
  scene.push(scene.request("insert into t values (1)", false));
  REQUIRE(eventually([&] { return scene.redis().command({"LLEN", kQueue}).integer == 0; }));
  scene.bus().process().kill(SIGTERM);
  REQUIRE(eventually([&] { return holds(scene.bus().log(), "msg=\"stopping\""); }));
  scene.bus().process().kill(SIGTERM);
  REQUIRE(scene.bus().process().wait(std::chrono::seconds(10)));
  CHECK(holds(scene.bus().log(), "stopped without waiting"));
}

TEST_CASE("each line that concerns a request has its uuid and app") {
  Scene scene(Store::kSqlite, {.other_sections = "[log]\nlevel = debug\nslow_statement = 20ms\n"});
  REQUIRE(scene.ask("create table t (a integer primary key)").error_id == 0);
  std::set<std::string> uuids;
  const auto send = [&](Request request) {
    request.app = "shop\nlevel=error msg=\"forged\"";
    uuids.insert(request.uuid.str());
    scene.push(request);
    if (request.sync) scene.answer(request.rchannel);
    return request;
  };
  auto refused = scene.request("begin");
  auto expired = scene.request("select 1");
  expired.deadline = expired.timestamp - std::chrono::hours(1);
  auto unknown = scene.request("select 1");
  unknown.database = "nowhere";
  const auto done = send(scene.request("insert into t values (1)"));
  send(done);                                              // a copy
  send(scene.request("insert into t values (1)"));         // fails
  send(scene.request("insert into t values (1)", false));  // becomes a dead letter
  send(scene.request("select * from nothing"));            // fails
  send(scene.request(std::string(kCounting) + "3000000) select count(*) from n"));  // slow
  send(scene.request("vacuum"));
  send(std::move(refused));
  send(std::move(expired));
  send(std::move(unknown));
  REQUIRE(scene.is_drained());
  scene.push("{broken");
  REQUIRE(eventually([&] { return holds(scene.bus().log(), "errorid=1001"); }));
  const auto log = scene.bus().log();
  INFO(log);
  for (const auto& uuid : uuids) {
    CAPTURE(uuid);
    const auto lines = lines_with(log, "uuid=" + uuid);
    REQUIRE_FALSE(lines.empty());
    for (const auto& line : lines) {
      CHECK(holds(line, R"(app="shop\nlevel=error msg=\"forged\"")"));
      CHECK(holds(line, "queue=SqlBusDefaultQueue"));
      CHECK(holds(line, " database="));
    }
  }
  for (const auto* message :
       {"request refused", "request expired", "request failed", "slow statement", "request done",
        "statement ran", "request is a copy", "runs at least once"}) {
    CAPTURE(message);
    const auto lines = lines_with(log, message);
    CHECK_FALSE(lines.empty());
    for (const auto& line : lines) {
      CHECK(holds(line, " uuid="));
      CHECK(holds(line, " app="));
    }
  }
  CHECK(lines_with(log, "dead_letter=yes").size() >= 2);
}

TEST_CASE("a response that cannot be left is told with the request's uuid") {
  Scene scene(Store::kSqlite);
  const auto request = scene.request("select 1");
  scene.redis().command({"LPUSH", request.rchannel, "somebody's data"});
  scene.push(request);
  REQUIRE(eventually([&] { return holds(scene.bus().log(), "response dropped"); }));
  const auto line = lines_with(scene.bus().log(), "response dropped").at(0);
  CHECK(holds(line, "uuid=" + request.uuid.str()));
  CHECK(holds(line, "app=test"));
}

TEST_CASE("no value of a statement is logged, whatever becomes of it") {
  Store store{};
  SUBCASE("sqlite") { store = Store::kSqlite; }
  SUBCASE("postgres") { store = Store::kPostgres; }
  SUBCASE("mariadb") { store = Store::kMariaDb; }
  Scene scene(store, {.other_sections = "[log]\nlevel = debug\nslow_statement = 1ms\n"});
  const std::string secret = "'" + std::string(kMarker) + "'";
  REQUIRE(scene.ask("create table t (a varchar(40) primary key, b integer)").error_id == 0);
  REQUIRE(scene.ask("insert into t values (" + secret + ", 1)").error_id == 0);
  CHECK(scene.ask("insert into t values (" + secret + ", 2)").error_id == -1);
  scene.push(scene.request("insert into t values (" + secret + ", 3)", false));
  scene.push(scene.request("insert into t values (" + secret + " , 3", false));
  scene.ask("select cast(" + secret + " as integer) from t");
  scene.ask("select " + secret + " from nowhere");
  auto request = scene.request("insert into t values (?, 1)");
  request.statements[0].params.push_back(
      {.kind = Value::Kind::kText, .text = std::string(kMarker)});
  scene.ask(request);
  REQUIRE(scene.is_drained());
  const auto log = scene.bus().log();
  CHECK(holds(log, "insert into t values (?, ?)"));
  CHECK_FALSE(holds(log, kMarker));
}

TEST_CASE("a slow statement is told with its time, alone and in a group, until a reload ends it") {
  Scene scene(Store::kSqlite, {.other_sections = "[log]\nslow_statement = 30ms\n"});
  const auto slow = std::string(kCounting) + "3000000) select count(*), 'literal' from n";
  REQUIRE(scene.ask(slow).error_id == 0);
  REQUIRE(eventually([&] { return holds(scene.bus().log(), "slow statement"); }));
  auto line = lines_with(scene.bus().log(), "msg=\"slow statement\"").at(0);
  CHECK(holds(line, "count(*), ? from n"));
  CHECK(holds(line, " took_ms="));
  CHECK(holds(line, " lane=0"));
  CHECK(holds(line, " database=main"));
  CHECK_FALSE(holds(line, "3000000"));
  scene.push_all({slow, "select 1", "select 2"});
  REQUIRE(scene.is_drained());
  CHECK(eventually([&] { return count(scene.bus().log(), "msg=\"slow") == 2; }));
  auto config = scene.config();
  config.replace(config.find("30ms"), 4, "0s");
  write_text_file(scene.bus().config_file(), config);
  scene.bus().process().kill(SIGHUP);
  REQUIRE(eventually([&] { return holds(scene.bus().log(), "configuration reloaded"); }));
  const auto before = count(scene.bus().log(), "slow");
  REQUIRE(scene.ask(slow).error_id == 0);
  CHECK(count(scene.bus().log(), "slow") == before);
}

TEST_CASE("no password gets into a log or an error, whatever fails") {
  const std::string password(kMarker);
  PrivateRedis redis({.arguments = {"--rename-command", "AUTH", "NOAUTHHERE"}, .has_tcp = true});
  const auto config = [&](const std::string& redis_lines, const std::string& main) {
    return bus_config(
        {.redis_socket = redis.socket(), .redis_lines = redis_lines, .database = main});
  };
  const auto log_of = [&](const std::string& text, std::string_view awaited) {
    PrivateBus bus(text);
    CHECK(eventually([&] { return holds(bus.log(), awaited); }));
    return bus.log();
  };
  TempDir dir;
  const auto sqlite = sqlite_section(dir / "main.db");
  const auto unreachable = "redis not reachable";
  const auto unavailable = "database not available";
  // A Redis that repeats the arguments of AUTH, which it does not know.
  CHECK_FALSE(
      holds(log_of(config("password = " + password + "\n", sqlite), unreachable), password));
  const auto refused =
      "username = u\npassword = " + password + "\nserver = " + dir.path().string() + "\n";
  for (const auto& main :
       {"driver = postgres\ndatabase = x\n" + refused,
        "driver = odbc\nodbc_driver = MariaDB Unicode\ndatabase = x\n" + refused,
        "driver = odbc\nconnection_string = DSN=nothing;UID=u;PWD=" + password + "\n",
        "driver = odbc\nconnection_string = DRIVER=/nowhere.so;UID=u;PWD={" + password + "}\n",
        "driver = sqlite\npassword = " + password + "\ndatabase = /nowhere/main.db\n"}) {
    CAPTURE(main);
    CHECK_FALSE(holds(log_of(config("", main), unavailable), password));
  }
  for (const auto& main :
       {"driver = none\n" + refused, "driver = postgres\nlanes = 0\n" + refused,
        "driver = odbc\nlanes = x\nconnection_string = DSN=x;PWD=" + password + "\n",
        "driver = sqlite\ndatabase = x\npassword = ${NO_SUCH_VARIABLE}" + password + "\n",
        "driver = sqlite\ndatabase = x\npassword = " + password + "\npassword_file = /nowhere\n"}) {
    CAPTURE(main);
    write_text_file(dir / "bad.ini", config("", main));
    ChildProcess check(
        {.argv = {SQLBUS_BUILD_DIR "/sqlbusd", "--check-config", "--config", dir / "bad.ini"},
         .output = dir / "out"});
    CHECK(check.wait(std::chrono::seconds(10)) != ExitStatus{.code = 0});
    CHECK_FALSE(holds(read_text_file(dir / "out"), password));
  }
  ChildProcess command(
      {.argv = {SQLBUS_BUILD_DIR "/sqlbus", "query", "select 1", "--redis",
                "redis://:" + password + "@127.0.0.1:" + std::to_string(redis.port())},
       .output = dir / "command"});
  CHECK(command.wait(std::chrono::seconds(20)));
  CHECK_FALSE(holds(read_text_file(dir / "command"), password));
}

}  // namespace sqlbus::test
