#include "client/command/top/terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace sqlbus {
namespace {

// What xterm began and every terminal of today, the console and tmux among them, understands: the
// other screen, no cursor, no wrapping of what is wider than reckoned.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
constexpr std::string_view kLeave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::string_view kTop = "\x1b[H";
constexpr std::string_view kClearLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

std::string_view sequence_of(Style style) {
  switch (style) {
    case Style::kPlain:
      return "";
    case Style::kTitle:
      return "\x1b[1m";
    case Style::kHeading:
      return "\x1b[7m";
    case Style::kAlarm:
      return "\x1b[1;31m";
    case Style::kFaint:
      return "\x1b[2m";
  }
  return "";
}

sigset_t signals_of_interest() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) {
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

bool Terminal::is_there() {
  const char* kind = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && kind != nullptr && *kind != '\0' &&
         std::string_view(kind) != "dumb";
}

Result<Terminal> Terminal::take(bool has_colours) {
  Terminal terminal(has_colours);
  const auto set = signals_of_interest();
  terminal.signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (terminal.signals_ < 0) return Error{std::string("signalfd: ") + std::strerror(errno)};
  sigprocmask(SIG_BLOCK, &set, &terminal.masked_before_);
  terminal.is_taken_ = true;
  terminal.enter();
  return terminal;
}

Terminal::Terminal(Terminal&& other) noexcept
    : has_colours_(other.has_colours_),
      is_taken_(std::exchange(other.is_taken_, false)),
      is_gone_(other.is_gone_),
      signals_(std::exchange(other.signals_, -1)),
      masked_before_(other.masked_before_),
      modes_before_(other.modes_before_) {}

Terminal::~Terminal() {
  if (is_taken_) {
    leave();
    sigprocmask(SIG_SETMASK, &masked_before_, nullptr);
  }
  if (signals_ >= 0) close(signals_);
}

void Terminal::enter() {
  termios modes{};
  if (isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &modes) == 0) {
    modes_before_ = modes;
    modes.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    modes.c_cc[VMIN] = 0;
    modes.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
  }
  write(std::string(kEnter));
}

void Terminal::leave() {
  write(std::string(kLeave));
  // Keys that nobody has read are not meant for the shell.
  if (modes_before_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &*modes_before_);
}

ScreenSize Terminal::size() const {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {.columns = size.ws_col, .rows = size.ws_row};
}

void Terminal::show(const std::vector<ScreenLine>& lines) {
  std::string text(kTop);
  bool is_first = true;
  for (const auto& [words, style] : lines) {
    if (!std::exchange(is_first, false)) text += "\r\n";
    const auto sequence = has_colours_ ? sequence_of(style) : std::string_view();
    text.append(kClearLine).append(sequence).append(words);
    if (!sequence.empty()) text += "\x1b[0m";
  }
  // Behind a full last line this would take its last character.
  if (lines.size() < size().rows) text.append("\r\n").append(kClearBelow);
  is_gone_ = !write(text) || is_gone_;
}

Terminal::Event Terminal::wait(Moment end) {
  using Kind = Event::Kind;
  for (;;) {
    if (is_gone_) return {.kind = Kind::kGone};
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    std::array<pollfd, 2> watched{
        pollfd{.fd = signals_, .events = POLLIN, .revents = 0},
        pollfd{.fd = modes_before_ ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
    const auto left_ms = std::clamp<std::int64_t>(left.count(), 0, 60000);
    if (poll(watched.data(), watched.size(), static_cast<int>(left_ms)) < 0) continue;
    Event event;
    if (watched[0].revents != 0) event = read_signal();
    if (event.kind == Kind::kTime && watched[1].revents != 0) event = read_key();
    if (event.kind != Kind::kTime || std::chrono::steady_clock::now() >= end) return event;
  }
}

Terminal::Event Terminal::read_key() {
  char key = 0;
  const auto count = read(STDIN_FILENO, &key, 1);
  if (count == 1) return {.kind = Event::Kind::kKey, .key = key};
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  return {.kind = Event::Kind::kGone};
}

Terminal::Event Terminal::read_signal() {
  signalfd_siginfo info{};
  if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return {};
  const auto signal = static_cast<int>(info.ssi_signo);
  if (signal == SIGWINCH) return {.kind = Event::Kind::kResize};
  if (signal != SIGTSTP) return {.kind = Event::Kind::kSignal, .signal = signal};
  stop_for_a_while();
  return {.kind = Event::Kind::kResize};
}

// The shell has its terminal while this process is stopped.
void Terminal::stop_for_a_while() {
  leave();
  raise(SIGSTOP);
  enter();
}

bool Terminal::write(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto count = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      poll(&out, 1, 1000);
      continue;
    }
    if (count < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace sqlbus
