#include "daemon/log/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

std::unique_ptr<Log> open_log(const LogSettings& settings) {
  Result<std::unique_ptr<Log>> log = Log::open(settings);
  REQUIRE_MESSAGE(log.ok(), log.error().message);
  return *std::move(log);
}

std::vector<std::string> lines_of(const std::string& path) {
  std::istringstream text(test::read_text_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("lines are appended to the file, which is not for everybody") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  open_log(settings)->info("one");
  open_log(settings)->error("two", {{"k", "v"}});
  const auto lines = lines_of(settings.filename);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with("level=info msg=\"one\""));
  CHECK(lines[1].ends_with("level=error msg=\"two\" k=v"));
  struct stat status {};
  REQUIRE(stat(settings.filename.c_str(), &status) == 0);
  CHECK((status.st_mode & 0137U) == 0);
}

TEST_CASE("the level keeps less important lines out") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  settings.level = LogSettings::Level::kWarning;
  const auto log = open_log(settings);
  log->debug("no");
  log->info("no");
  log->warning("yes");
  log->error("yes");
  CHECK(log->is_enabled(Log::Level::kWarning));
  CHECK_FALSE(log->is_enabled(Log::Level::kInfo));
  CHECK(lines_of(settings.filename).size() == 2);
}

TEST_CASE("the folder of the log is made where it is missing") {
  const test::TempDir dir;
  LogSettings settings;
  settings.catalog = dir / "x/y";
  open_log(settings)->info("one");
  CHECK(lines_of(dir / "x/y/sqlbus.log").size() == 1);
}

TEST_CASE("an empty line stands behind each line where that is set") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  settings.space_line_after_log = true;
  open_log(settings)->info("one");
  CHECK(test::read_text_file(settings.filename).ends_with("msg=\"one\"\n\n"));
}

TEST_CASE("lines are JSON where that is set") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  settings.format = LogSettings::Format::kJson;
  open_log(settings)->info("one");
  const std::string text = test::read_text_file(settings.filename);
  CHECK(text.starts_with("{\"time\":\""));
  CHECK(text.ends_with("\"level\":\"info\",\"msg\":\"one\"}\n"));
}

TEST_CASE("lines of many threads do not mix") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  const auto log = open_log(settings);
  const std::string payload(500, 'p');
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 250; ++n) log->info("line", {{"payload", payload}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto lines = lines_of(settings.filename);
  CHECK(lines.size() == 1000);
  CHECK(std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.size() == lines[0].size() && line.ends_with("payload=" + payload);
  }));
}

TEST_CASE("a disk that is full does not stop anything") {
  LogSettings settings;
  settings.filename = "/dev/full";
  const auto log = open_log(settings);
  for (int i = 0; i < 3; ++i) log->error("nobody reads this");
}

TEST_CASE("without a file lines go to what standard output is at the time") {
  const test::TempDir dir;
  const auto log = open_log({});
  const int terminal = dup(STDOUT_FILENO);
  const int file = open((dir / "out").c_str(), O_WRONLY | O_CREAT, 0600);
  dup2(file, STDOUT_FILENO);
  log->info("one");
  dup2(terminal, STDOUT_FILENO);
  close(file);
  close(terminal);
  CHECK(test::read_text_file(dir / "out").ends_with("level=info msg=\"one\"\n"));
}

TEST_CASE("a log that cannot be opened says which and why") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "none/a.log";
  CHECK(Log::open(settings).error().message ==
        "log file " + settings.filename + ": No such file or directory");
  test::write_text_file(dir / "file", "");
  settings.catalog = dir / "file/log";
  CHECK(Log::open(settings).error().message ==
        "log folder " + settings.catalog + ": Not a directory");
}

}  // namespace
}  // namespace sqlbus
