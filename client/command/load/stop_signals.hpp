// The signals that ask a long command to come to an end.
#pragma once

#include <csignal>

namespace sqlbus {

// SIGINT, SIGTERM and SIGHUP, kept from ending the process at once while this lives: for a process
// with one thread. After one was caught the next ends the process where it stands.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Which has come; 0: none.
  int caught();
  // Waits until the file can be read, or so long; what came first.
  enum class Came : unsigned char { kFile, kSignal, kNothing };
  Came wait_for(int fd, int limit_ms);
  // Waits; false where a signal came meanwhile.
  bool sleep_ms(int duration_ms);

 private:
  int fd_ = -1;
  int caught_ = 0;
  sigset_t before_{};
};

}  // namespace sqlbus
