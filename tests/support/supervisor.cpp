#include "tests/support/supervisor.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

namespace {

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
  return signals;
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Waits for the worker, or for a signal to us, which ends it. Killing it is enough: the kernel
// then ends the servers that it started.
int wait_for(pid_t worker, const sigset_t& signals) {
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    int status = 0;
    if (signal != SIGCHLD) {
      kill(worker, SIGKILL);
      waitpid(worker, &status, 0);
      return 128 + signal;
    }
    if (waitpid(worker, &status, WNOHANG) == worker) return exit_code_of(status);
  }
}

}  // namespace

int supervise(int (*work)(int argc, char** argv), int argc, char** argv) {
  const TempDir dir(0711);  // a server's own user passes through; its own folder is closed
  setenv("TMPDIR", dir.path().c_str(), 1);
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans of the worker become ours
  const sigset_t signals = watched_signals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const pid_t parent = getpid();
  const pid_t worker = fork();
  if (worker == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_UNBLOCK, &signals, nullptr);
    if (getppid() != parent) _exit(128 + SIGKILL);
    std::exit(work(argc, argv));
  }
  const int code = worker < 0 ? EXIT_FAILURE : wait_for(worker, signals);
  while (waitpid(-1, nullptr, 0) > 0) {
  }
  return code;
}

}  // namespace sqlbus::test
