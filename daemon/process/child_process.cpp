#include "daemon/process/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <system_error>

namespace sqlbus {

namespace {

constexpr std::chrono::seconds kTerminateLimit{5};

// <sys/pidfd.h> of glibc 2.36 cannot be linked from C++.
int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }
void send_signal(int pidfd, int signal) {
  syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0);
}

[[noreturn]] void fail(const std::string& what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Our own environment with the given variables put in their place.
std::vector<std::string> merged_environment(const std::vector<std::string>& own) {
  std::vector<std::string> merged = own;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const std::string_view name = variable.substr(0, variable.find('=') + 1);
    const bool is_replaced = std::any_of(
        own.begin(), own.end(), [name](const std::string& set) { return set.starts_with(name); });
    if (!is_replaced) merged.emplace_back(variable);
  }
  return merged;
}

// What the child needs between fork and exec, prepared before: there only async-signal-safe
// functions may be called, as other threads may have held a lock.
struct Launch {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* directory;  // nullptr: stay
  const User* user;       // nullptr: stay
  int death_signal;
  int output;
  int error_pipe;
  pid_t parent;
};

bool prepare_child(const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return false;
  // Out of the terminal's foreground group: Ctrl-C is for the parent, who ends us in its order.
  if (setpgid(0, 0) != 0) return false;
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0 || dup2(null, STDIN_FILENO) < 0) return false;
  if (dup2(launch.output, STDOUT_FILENO) < 0 || dup2(launch.output, STDERR_FILENO) < 0)
    return false;
  if (close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) != 0) return false;
  if (launch.user != nullptr) {
    if (setgroups(1, &launch.user->gid) != 0 || setgid(launch.user->gid) != 0 ||
        setuid(launch.user->uid) != 0)
      return false;
  }
  if (launch.directory != nullptr && chdir(launch.directory) != 0) return false;
  // After setuid, which clears it; and the parent may have ended before.
  if (prctl(PR_SET_PDEATHSIG, launch.death_signal) != 0) return false;
  return getppid() == launch.parent;
}

[[noreturn]] void run_child(const Launch& launch) {
  if (prepare_child(launch)) execvpe(launch.program, launch.argv, launch.environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(launch.error_pipe, &error, sizeof error);
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const Options& options) {
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> variables = merged_environment(options.environment);
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> environment = pointers_to(variables);
  const std::string directory = options.directory.string();
  const std::string output = options.output.empty() ? "/dev/null" : options.output.string();

  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) fail("pipe");
  const int log = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) fail("open " + output);

  const Launch launch{.program = argv[0],
                      .argv = argv.data(),
                      .environment = environment.data(),
                      .directory = directory.empty() ? nullptr : directory.c_str(),
                      .user = options.user ? &*options.user : nullptr,
                      .death_signal = options.death_signal,
                      .output = log,
                      .error_pipe = pipe[1],
                      .parent = getpid()};
  pid_ = fork();
  if (pid_ == 0) run_child(launch);
  const int fork_error = errno;
  close(log);
  close(pipe[1]);
  int error = 0;
  const bool has_failed = pid_ > 0 && read(pipe[0], &error, sizeof error) > 0;
  close(pipe[0]);
  if (pid_ < 0) fail("fork", fork_error);
  if (has_failed) {
    waitpid(pid_, nullptr, 0);
    fail("start " + options.argv.front(), error);
  }
  pidfd_ = open_pidfd(pid_);
  if (pidfd_ < 0) fail("pidfd_open " + options.argv.front());
}

ChildProcess::~ChildProcess() {
  kill(SIGTERM);
  kill(SIGCONT);  // a stopped process hears no SIGTERM
  if (!wait(kTerminateLimit)) kill9();
  close(pidfd_);
}

void ChildProcess::kill(int signal) {
  if (!status_) send_signal(pidfd_, signal);
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds limit) {
  if (status_) return status_;
  const auto end = std::chrono::steady_clock::now() + limit;
  pollfd ended{.fd = pidfd_, .events = POLLIN, .revents = 0};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    const int count = poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count == 0) return std::nullopt;
    if (count > 0 || errno != EINTR) break;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  status_ = WIFEXITED(status) ? ExitStatus{.code = WEXITSTATUS(status), .signal = 0}
                              : ExitStatus{.code = -1, .signal = WTERMSIG(status)};
  return status_;
}

void ChildProcess::kill9() {
  kill(SIGKILL);
  wait(std::chrono::minutes{1});
}

}  // namespace sqlbus
