// A program that runs as long as its owner wants, and never longer than the process that started
// it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/process/temp_dir.hpp"

namespace sqlbus {

struct ExitStatus {
  int code = -1;   // where it exited by itself
  int signal = 0;  // where a signal ended it

  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

// Belongs to the thread that made it: the kernel ends the child with that thread. Throws
// std::system_error where the program cannot be started.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> argv = {};         // argv[0] is looked for along PATH
    std::vector<std::string> environment = {};  // NAME=value, beside or instead of our own
    std::filesystem::path output = {};          // standard output and error are appended to it
    std::filesystem::path directory = {};       // where it starts; empty: where we are
    std::optional<User> user = {};              // whom it runs as; needs root
    int death_signal = SIGKILL;                 // what it gets when this process ends
  };

  explicit ChildProcess(const Options& options);
  // SIGTERM, and SIGKILL to one that is still there after some seconds.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool is_running() { return !wait(std::chrono::milliseconds{0}); }
  // Does nothing to a process that has ended.
  void kill(int signal);
  // How it ended; nothing where it still runs at the limit.
  std::optional<ExitStatus> wait(std::chrono::milliseconds limit);
  // Kills it and waits until it is gone.
  void kill9();

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<ExitStatus> status_;
};

}  // namespace sqlbus
