// One daemon per pidfile: a lock on it says who runs, its text is for people and scripts.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/process/unique_fd.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// Holds the lock until it is destroyed, which removes the file. The kernel drops the lock of a
// process however it ends, so a file that was left over is no hindrance. The lock belongs to the
// process and is lost in a fork: claim it in the background.
class Pidfile {
 public:
  // "already running as pid 4711 (/run/sqlbus.pid)" where another process holds it.
  static Result<std::unique_ptr<Pidfile>> claim(const std::string& path);
  ~Pidfile();
  Pidfile(const Pidfile&) = delete;
  Pidfile& operator=(const Pidfile&) = delete;

 private:
  Pidfile(std::string path, UniqueFd file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  UniqueFd file_;
};

enum class KillOutcome : std::uint8_t { kEnded, kWasNotRunning };

// Sends SIGTERM to the process that holds the lock, whatever the file's text says, and waits until
// the lock is free. Still held after the timeout is an error.
Result<KillOutcome> kill_running(const std::string& path, std::chrono::milliseconds timeout);

}  // namespace sqlbus
