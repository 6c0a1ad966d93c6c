#include "client/command/load/stop_signals.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace sqlbus {

StopSignals::StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  sigprocmask(SIG_BLOCK, &set, &before_);
}

StopSignals::~StopSignals() {
  close(fd_);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int StopSignals::caught() {
  if (caught_ != 0) return caught_;
  signalfd_siginfo info{};
  if (read(fd_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    caught_ = static_cast<int>(info.ssi_signo);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  return caught_;
}

StopSignals::Came StopSignals::wait_for(int fd, int limit_ms) {
  std::array<pollfd, 2> both{
      {{.fd = fd_, .events = POLLIN, .revents = 0}, {.fd = fd, .events = POLLIN, .revents = 0}}};
  if (caught() != 0) return Came::kSignal;
  if (poll(both.data(), both.size(), limit_ms) <= 0) return Came::kNothing;
  return both[0].revents != 0 && caught() != 0 ? Came::kSignal : Came::kFile;
}

bool StopSignals::sleep_ms(int duration_ms) {
  pollfd one{.fd = fd_, .events = POLLIN, .revents = 0};
  if (caught() == 0) poll(&one, 1, duration_ms);
  return caught() == 0;
}

}  // namespace sqlbus
