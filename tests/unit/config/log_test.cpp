#include "daemon/log/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

std::unique_ptr<Log> open_log(const LogSettings& settings) {
  Result<std::unique_ptr<Log>> log = Log::open(settings);
  REQUIRE_MESSAGE(log.ok(), log.error().message);
  return *std::move(log);
}

constexpr std::chrono::seconds kLong{30};

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
  log->flush(kLong);
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
  log->flush(kLong);
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
  log->flush(kLong);
  dup2(terminal, STDOUT_FILENO);
  close(file);
  close(terminal);
  CHECK(test::read_text_file(dir / "out").ends_with("level=info msg=\"one\"\n"));
}

TEST_CASE("an error is in the file when the call returns, and so is what went before") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  const auto log = open_log(settings);
  log->info("one");
  log->error("two");
  CHECK(lines_of(settings.filename).size() == 2);
}

// A pipe of one's own for standard output, while it lives.
class StdoutPipe {
 public:
  StdoutPipe() : kept_(dup(STDOUT_FILENO)) {
    REQUIRE(pipe(ends_) == 0);
    fcntl(ends_[1], F_SETPIPE_SZ, 4096);
    dup2(ends_[1], STDOUT_FILENO);
    close(ends_[1]);
  }
  ~StdoutPipe() {
    dup2(kept_, STDOUT_FILENO);
    close(kept_);
    close(ends_[0]);
  }
  StdoutPipe(const StdoutPipe&) = delete;
  StdoutPipe& operator=(const StdoutPipe&) = delete;

  // All that comes, up to what holds `end`.
  std::string read_until(const std::string& end) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (std::size_t seen = 0; text.find(end, seen) == std::string::npos;) {
      seen = text.size() - std::min(text.size(), end.size());
      const auto count = read(ends_[0], buffer.data(), buffer.size());
      if (count <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int kept_;
  int ends_[2] = {-1, -1};
};

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("a pipe that nobody reads holds nobody up; what was lost is counted once it is read") {
  constexpr int kLines = 20000;  // far more than is kept
  std::string text;
  std::chrono::steady_clock::duration took{};
  {
    StdoutPipe pipe;
    const auto log = open_log({});
    const std::string payload(1000, 'p');
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < kLines; ++i) log->info("line", {{"payload", payload}});
    for (int i = 0; i < 100; ++i) log->error("line", {{"payload", payload}});
    log->flush(std::chrono::milliseconds(1));  // returns all the same
    took = std::chrono::steady_clock::now() - begun;
    std::thread reader([&] { text = pipe.read_until("the end"); });
    log->flush(kLong);
    log->info("the end");
    log->flush(kLong);
    reader.join();
  }
  CHECK(took < std::chrono::seconds(5));
  const auto at = text.find(" lines=");
  REQUIRE(at != std::string::npos);
  const auto lost = std::stoul(text.substr(at + 7));
  CHECK(lost > 0);
  CHECK(count(text, "msg=\"line\"") + lost == kLines + 100);
  CHECK(count(text, "log lines were lost") == 1);
}

TEST_CASE("a log ends although nobody reads its pipe") {
  StdoutPipe pipe;
  {
    const auto log = open_log({});
    const std::string payload(1000, 'p');
    for (int i = 0; i < 1000; ++i) log->info("line", {{"payload", payload}});
  }
}

TEST_CASE("a file is taken instead of a pipe that nobody reads") {
  const test::TempDir dir;
  LogSettings settings;
  settings.filename = dir / "a.log";
  bool is_used = false;
  {
    StdoutPipe pipe;
    const auto log = open_log({});
    const std::string payload(1000, 'p');
    for (int i = 0; i < 1000; ++i) log->info("line", {{"payload", payload}});
    is_used = log->use(settings).ok();
    log->info("in the file");
    log->flush(kLong);
  }
  REQUIRE(is_used);
  const auto text = test::read_text_file(settings.filename);
  CHECK(count(text, "in the file") == 1);
  CHECK(count(text, "log lines were lost") == 1);
}

TEST_CASE("lines before a change of the settings go where they were meant to") {
  const test::TempDir dir;
  LogSettings first;
  first.filename = dir / "a.log";
  const auto log = open_log(first);
  auto second = first;
  second.filename = dir / "b.log";
  second.format = LogSettings::Format::kJson;
  for (int i = 0; i < 100; ++i) log->info("one");
  REQUIRE(log->use(second).ok());
  for (int i = 0; i < 100; ++i) log->info("two");
  log->flush(kLong);
  CHECK(count(test::read_text_file(first.filename), "msg=\"one\"") == 100);
  CHECK(count(test::read_text_file(second.filename), "\"msg\":\"two\"") == 100);
}

TEST_CASE("the file is renamed at its time of day, though nothing is logged then") {
  const test::TempDir dir;
  const auto soon = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() +
                                                         std::chrono::seconds(2));
  std::array<char, 16> text{};
  std::tm local{};
  localtime_r(&soon, &local);
  std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
  LogSettings settings;
  settings.filename = dir / "a.log";
  settings.rotate_at = text.data();
  const auto log = open_log(settings);
  log->info("one");
  const auto has_two = [&] {
    const auto files = std::filesystem::directory_iterator(dir.path());
    return std::distance(files, std::filesystem::directory_iterator()) == 2;
  };
  REQUIRE(test::eventually(has_two));
  log->error("two");
  CHECK(lines_of(settings.filename).size() == 1);
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
