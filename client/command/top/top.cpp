#include "client/command/top/top.hpp"

#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <utility>

#include "client/command/bus_address.hpp"
#include "client/command/colours.hpp"
#include "client/command/complain.hpp"
#include "client/command/status_text.hpp"
#include "client/command/top/screen.hpp"
#include "client/command/top/terminal.hpp"
#include "client/command/top/watcher.hpp"

namespace sqlbus {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = Terminal::Event::Kind;

class LiveView {
 public:
  LiveView(const CommandOptions& options, Watcher& watcher, TopState& state)
      : options_(options), watcher_(watcher), state_(state) {}

  // The signal that is to end the process; 0 where the view has come to its end by itself.
  int run(Terminal& terminal) {
    std::size_t looks = 0;
    auto next_look = Clock::now();
    for (;;) {
      if (!state_.is_held && Clock::now() >= next_look) {
        if (options_.top.count > 0 && looks == options_.top.count) return 0;
        watcher_.look(state_);
        ++looks;
        next_look = Clock::now() + options_.top.interval;
      }
      terminal.show(render_screen(state_, terminal.size()));
      const auto idle_until = Clock::now() + options_.top.interval;
      const auto event = terminal.wait(state_.is_held ? idle_until : next_look);
      if (event.kind == Kind::kSignal) return event.signal;
      if (event.kind == Kind::kGone) return 0;
      if (event.kind == Kind::kKey && !obey(event.key)) return 0;
    }
  }

 private:
  // False where it says to end.
  bool obey(char key) {
    switch (key) {
      case 'q':
      case 'Q':
        return false;
      case 'p':
      case ' ':
        state_.is_held = !state_.is_held;
        return true;
      case 's':
        state_.order = static_cast<QueueOrder>((static_cast<int>(state_.order) + 1) % 4);
        return true;
      case '?':
      case 'h':
        state_.shows_help = !state_.shows_help;
        return true;
      default:
        return true;
    }
  }

  const CommandOptions& options_;
  Watcher& watcher_;
  TopState& state_;
};

ExitCode run_live(const CommandOptions& options, Watcher& watcher, TopState& state) {
  int signal = 0;
  {
    auto terminal = Terminal::take(allows_colours());
    if (!terminal) return complain(terminal.error().message, ExitCode::kRefused);
    signal = LiveView(options, watcher, state).run(*terminal);
  }
  // Whoever started this is to see what ended it.
  if (signal != 0) raise(signal);
  return ExitCode::kOk;
}

ExitCode print_looks(const CommandOptions& options, Watcher& watcher, TopState& state) {
  const auto count = options.top.count > 0 ? options.top.count : 1;
  for (std::size_t look = 0; look < count; ++look) {
    if (look > 0) {
      std::this_thread::sleep_for(options.top.interval);
      std::cout << "\n";
    }
    watcher.look(state);
    if (!state.away.empty()) state.queues.clear();
    for (const auto& line : render_lines(state)) std::cout << line.text << "\n";
    std::cout << std::flush;
    if (!std::cout) return complain("the output cannot be written", ExitCode::kRefused);
  }
  return state.away.empty() ? ExitCode::kOk : ExitCode::kUnreachable;
}

}  // namespace

ExitCode run_top(const CommandOptions& options) {
  auto address = find_bus(options);
  if (!address) return complain(address.error().message, ExitCode::kUsage);
  TopState state;
  state.address = "redis " + describe(address->redis);
  state.interval = decimal_text(static_cast<double>(options.top.interval.count()) / 1000) + " s";
  Watcher watcher(*address, queues_of(options, *address));
  // The terminal is given back while the stack unwinds, which it does only where somebody catches.
  try {
    if (Terminal::is_there()) return run_live(options, watcher, state);
    return print_looks(options, watcher, state);
  } catch (const std::exception& error) {
    return complain(error.what(), ExitCode::kRefused);
  }
}

}  // namespace sqlbus
