// Into the background, with an answer for the terminal: whoever starts the daemon learns whether
// it started.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/process/unique_fd.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// The daemon's line to the process that started it, which waits for one of the two reports. A
// daemon that ends without any has failed.
class Starter {
 public:
  explicit Starter(UniqueFd line) : line_(std::move(line)) {}

  // Also lets go of the terminal: standard input, output and error become /dev/null.
  Status report_ready();
  void report_failure(std::string_view message);

 private:
  UniqueFd line_;
};

// Before any thread, loop, lock or open connection. Forks twice, so that the daemon has its own
// session and can never get a terminal. Returns twice:
// - in the daemon with a Starter; it has umask 027 and is in `folder` (empty: where it was),
// - in the calling process with nullptr once the daemon is ready, or with why it is not.
Result<std::unique_ptr<Starter>> daemonize(const std::string& folder);

}  // namespace sqlbus
