#include "daemon/process/daemonize.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sqlbus {
namespace {

// What a starter hears: kReady alone, or a message; nothing where the daemon just ended.
constexpr std::string_view kReady{"\0", 1};

Error system_error(std::string_view what) {
  return Error{std::string(what) + ": " + std::strerror(errno)};
}

void tell(const UniqueFd& line, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(line.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;  // the starter is gone; nobody is left to be told
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string hear(const UniqueFd& line) {
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t got = read(line.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

Result<std::unique_ptr<Starter>> wait_for_report(const UniqueFd& line, pid_t session_leader) {
  while (waitpid(session_leader, nullptr, 0) < 0 && errno == EINTR) {
  }
  std::string report = hear(line);
  if (report == kReady) return std::unique_ptr<Starter>();
  if (report.empty()) report = "the daemon ended before it was ready";
  return Error{std::move(report)};
}

}  // namespace

Status Starter::report_ready() {
  const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return system_error("/dev/null");
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (dup2(null.get(), standard) < 0) return system_error("/dev/null");
  }
  tell(line_, kReady);
  line_.reset();
  return Done{};
}

void Starter::report_failure(std::string_view message) {
  tell(line_, message);
  line_.reset();
}

Result<std::unique_ptr<Starter>> daemonize(const std::string& folder) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return system_error("socketpair");
  }
  UniqueFd hearing(ends[0]);
  UniqueFd telling(ends[1]);

  const pid_t session_leader = fork();
  if (session_leader < 0) return system_error("fork");
  if (session_leader > 0) {
    telling.reset();
    return wait_for_report(hearing, session_leader);
  }
  hearing.reset();
  auto starter = std::make_unique<Starter>(std::move(telling));
  setsid();
  const pid_t daemon = fork();
  if (daemon < 0) starter->report_failure(system_error("fork").message);
  if (daemon != 0) _exit(0);

  umask(027);
  if (!folder.empty() && chdir(folder.c_str()) != 0) {
    starter->report_failure(system_error("chdir to " + folder).message);
    _exit(1);
  }
  return starter;
}

}  // namespace sqlbus
