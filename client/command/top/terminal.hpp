// The terminal while a live view has it: its other screen, keys one by one, no cursor.
#pragma once

#include <sys/signalfd.h>
#include <termios.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "client/command/top/screen.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// From the terminal that standard output is; keys come from standard input where that is one. Gives
// everything back as it was when it ends. While it lives, the signals that would end or stop the
// process come as events: for a process with one thread.
class Terminal {
 public:
  struct Event {
    enum class Kind : std::uint8_t { kTime, kKey, kResize, kSignal, kGone };

    Kind kind = Kind::kTime;
    char key = 0;
    int signal = 0;  // one that ends the process
  };
  using Moment = std::chrono::steady_clock::time_point;

  // Whether there is one that understands what is written here.
  static bool is_there();

  // `has_colours`: text is told apart by more than its words.
  static Result<Terminal> take(bool has_colours);
  ~Terminal();
  Terminal(Terminal&& other) noexcept;
  Terminal& operator=(Terminal&&) = delete;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  ScreenSize size() const;
  void show(const std::vector<ScreenLine>& lines);
  // The next event; kTime when the moment has come.
  Event wait(Moment end);

 private:
  explicit Terminal(bool has_colours) : has_colours_(has_colours) {}

  void enter();
  void leave();
  Event read_key();
  Event read_signal();
  void stop_for_a_while();
  bool write(const std::string& text);

  const bool has_colours_;
  bool is_taken_ = false;
  bool is_gone_ = false;
  int signals_ = -1;
  sigset_t masked_before_{};
  std::optional<termios> modes_before_;
};

}  // namespace sqlbus
