#include "daemon/process/daemonize.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <csignal>

#include <filesystem>
#include <sstream>

#include "tests/support/eventually.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

// What `sqlbusd -b` sees where the daemon behaves as `side` does; empty: it is ready.
template <typename Side>
std::string start_daemon(const std::string& folder, Side side) {
  const Result<std::unique_ptr<Starter>> starter = daemonize(folder);
  if (!starter) return starter.error().message;
  if (*starter == nullptr) return "";
  side(**starter);
  _exit(0);
}

std::string link_of(const std::string& path) {
  std::error_code error;
  return std::filesystem::read_symlink(path, error).string();
}

TEST_CASE("a daemon is on its own: session, folder, umask, no terminal") {
  const test::TempDir dir;
  const std::string facts = dir / "facts";
  CHECK(start_daemon(dir.path(), [&](Starter& starter) {
          if (!starter.report_ready()) _exit(1);
          std::ostringstream text;
          text << getpid() << ' ' << getsid(0) << ' ' << umask(0) << ' '
               << link_of("/proc/self/cwd") << ' ' << link_of("/proc/self/fd/0") << ' '
               << link_of("/proc/self/fd/1") << ' ' << link_of("/proc/self/fd/2");
          test::write_text_file(facts + ".new", text.str());
          std::filesystem::rename(facts + ".new", facts);
        }) == "");
  REQUIRE(test::eventually([&] { return std::filesystem::exists(facts); }));
  std::istringstream text(test::read_text_file(facts));
  pid_t pid = 0;
  pid_t session = 0;
  unsigned mask = 0;
  std::string folder, in, out, err;
  text >> pid >> session >> mask >> folder >> in >> out >> err;
  CHECK(pid != getpid());
  CHECK(session != getsid(0));
  CHECK(session != pid);  // no leader of its session: it cannot get a terminal
  CHECK(mask == 027);
  CHECK(folder == std::filesystem::canonical(dir.path()).string());
  CHECK(in == "/dev/null");
  CHECK(out == "/dev/null");
  CHECK(err == "/dev/null");
}

TEST_CASE("without a folder the daemon stays where it was started") {
  const test::TempDir dir;
  const std::string here = dir / "here";
  CHECK(start_daemon("", [&](Starter& starter) {
          test::write_text_file(here, link_of("/proc/self/cwd"));
          if (!starter.report_ready()) _exit(1);
        }) == "");
  CHECK(test::read_text_file(here) == std::filesystem::current_path().string());
}

TEST_CASE("a daemon that cannot start says why where it was started") {
  CHECK(start_daemon("", [](Starter& starter) {
          starter.report_failure("sqlbus.ini:3: [redis] port: 'x'\nand more");
        }) == "sqlbus.ini:3: [redis] port: 'x'\nand more");
  const std::string long_message(200'000, 'm');
  CHECK(start_daemon("", [&](Starter& starter) { starter.report_failure(long_message); }) ==
        long_message);
}

TEST_CASE("a daemon that ends without a word has failed") {
  const std::string expected = "the daemon ended before it was ready";
  CHECK(start_daemon("", [](Starter&) {}) == expected);
  CHECK(start_daemon("", [](Starter&) { raise(SIGKILL); }) == expected);
}

TEST_CASE("a folder that is not there is told") {
  CHECK(start_daemon("/nowhere/at/all", [](Starter&) {}) ==
        "chdir to /nowhere/at/all: No such file or directory");
}

}  // namespace
}  // namespace sqlbus
