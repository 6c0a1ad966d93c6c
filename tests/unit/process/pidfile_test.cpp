#include "daemon/process/pidfile.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <csignal>

#include <array>

#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

using namespace std::chrono_literals;

// Another process that holds the pidfile until SIGTERM, and then ends as a daemon does.
class Holder {
 public:
  enum class OnTerm { kEnd, kIgnore };

  explicit Holder(const std::string& path, OnTerm on_term = OnTerm::kEnd) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) hold(path, on_term, ends[1]);
    close(ends[1]);
    char ready = 0;
    CHECK(read(ends[0], &ready, 1) == 1);
    close(ends[0]);
  }
  ~Holder() { end(SIGKILL); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  pid_t pid() const { return pid_; }

  // Its exit status, or -1 where the signal ended it.
  int end(int signal) {
    if (pid_ <= 0) return -1;
    if (signal != 0) kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  [[noreturn]] static void hold(const std::string& path, OnTerm on_term, int ready) {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, nullptr);
    {
      const Result<std::unique_ptr<Pidfile>> pidfile = Pidfile::claim(path);
      if (!pidfile || write(ready, "r", 1) != 1) _exit(1);
      int signal = 0;
      do {
        sigwait(&term, &signal);
      } while (on_term == OnTerm::kIgnore);
    }
    _exit(0);
  }

  pid_t pid_ = -1;
};

TEST_CASE("a pidfile holds the process id, and is gone at the end") {
  const test::TempDir dir;
  const std::string path = dir / "run/sqlbus.pid";  // the folder is made too
  {
    const Result<std::unique_ptr<Pidfile>> pidfile = Pidfile::claim(path);
    REQUIRE_MESSAGE(pidfile.ok(), pidfile.error().message);
    CHECK(test::read_text_file(path) == std::to_string(getpid()) + "\n");
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a second daemon on the same pidfile is refused") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.pid";
  Holder holder(path);
  const Result<std::unique_ptr<Pidfile>> second = Pidfile::claim(path);
  REQUIRE_FALSE(second);
  CHECK(second.error().message ==
        "already running as pid " + std::to_string(holder.pid()) + " (" + path + ")");
  CHECK(test::read_text_file(path) == std::to_string(holder.pid()) + "\n");
  CHECK(holder.end(SIGTERM) == 0);
  CHECK(Pidfile::claim(path).ok());
}

TEST_CASE("what a killed daemon left behind is no hindrance") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.pid";
  Holder holder(path);
  holder.end(SIGKILL);
  CHECK(std::filesystem::exists(path));
  {
    const Result<std::unique_ptr<Pidfile>> pidfile = Pidfile::claim(path);
    REQUIRE_MESSAGE(pidfile.ok(), pidfile.error().message);
    CHECK(test::read_text_file(path) == std::to_string(getpid()) + "\n");
  }
  test::write_text_file(path, "4194304999\n");  // longer than ours
  const Result<std::unique_ptr<Pidfile>> pidfile = Pidfile::claim(path);
  CHECK(test::read_text_file(path) == std::to_string(getpid()) + "\n");
}

TEST_CASE("a file that is no pidfile is left alone") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.ini";
  test::write_text_file(path, "[default]\n");
  const Result<std::unique_ptr<Pidfile>> pidfile = Pidfile::claim(path);
  REQUIRE_FALSE(pidfile);
  CHECK(pidfile.error().message == "pidfile " + path + ": this file is something else");
  CHECK(test::read_text_file(path) == "[default]\n");

  const std::string fifo = dir / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK_FALSE(Pidfile::claim(fifo).ok());
  CHECK(Pidfile::claim(dir.path()).error().message ==
        "pidfile " + dir.path().string() + ": Is a directory");
}

TEST_CASE("the daemon that holds the pidfile is ended") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.pid";
  Holder holder(path);
  const Result<KillOutcome> outcome = kill_running(path, 10s);
  REQUIRE_MESSAGE(outcome.ok(), outcome.error().message);
  CHECK(*outcome == KillOutcome::kEnded);
  CHECK(holder.end(0) == 0);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("nobody is ended for the number in a file that nobody holds") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.pid";
  CHECK(*kill_running(path, 1s) == KillOutcome::kWasNotRunning);
  Holder bystander(dir / "other.pid");
  test::write_text_file(path, std::to_string(bystander.pid()) + "\n");
  CHECK(*kill_running(path, 1s) == KillOutcome::kWasNotRunning);
  CHECK(kill(bystander.pid(), 0) == 0);
  CHECK(bystander.end(SIGTERM) == 0);
}

TEST_CASE("the lock decides who is ended, not the number in the file") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.pid";
  Holder holder(path);
  test::write_text_file(path, "1\n");
  CHECK(*kill_running(path, 10s) == KillOutcome::kEnded);
  CHECK(holder.end(0) == 0);
}

TEST_CASE("a daemon that does not end in time is told of") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.pid";
  Holder holder(path, Holder::OnTerm::kIgnore);
  const Result<KillOutcome> outcome = kill_running(path, 50ms);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().message == "pid " + std::to_string(holder.pid()) + " is still running");
}

}  // namespace
}  // namespace sqlbus
