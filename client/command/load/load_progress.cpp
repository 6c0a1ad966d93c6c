#include "client/command/load/load_progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "client/command/display_width.hpp"
#include "client/command/status_text.hpp"
#include "client/progress_bar.hpp"

namespace sqlbus {

namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kLines{5};
constexpr std::size_t kBarColumns = 24;

double part_done(const LoadNumbers& numbers) {
  if (!numbers.bytes_total || *numbers.bytes_total == 0) return 1;
  return static_cast<double>(numbers.bytes) / static_cast<double>(*numbers.bytes_total);
}

std::string rate_text(const LoadNumbers& numbers) {
  const double seconds = std::max(numbers.elapsed.count(), 0.001);
  return grouped(static_cast<std::int64_t>(static_cast<double>(numbers.requests) / seconds)) + "/s";
}

// By the bytes of this run; nothing before it is known how fast they go.
std::string rest_text(const LoadNumbers& numbers) {
  const auto done = numbers.bytes - numbers.bytes_before;
  if (!numbers.bytes_total || done == 0 || *numbers.bytes_total <= numbers.bytes) return "";
  const auto left = static_cast<double>(*numbers.bytes_total - numbers.bytes);
  return age_text(numbers.elapsed.count() * left / static_cast<double>(done)) + " left";
}

std::string percent_text(const LoadNumbers& numbers) {
  const auto percent = static_cast<int>(part_done(numbers) * 100);
  return std::to_string(std::clamp(percent, 0, 100)) + "%";
}

std::string requests_text(const LoadNumbers& numbers) {
  return grouped(static_cast<std::int64_t>(numbers.requests)) + " requests";
}

bool draws() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && kind != nullptr && *kind != '\0' &&
         std::string_view(kind) != "dumb";
}

std::size_t terminal_columns() {
  winsize size{};
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return is_known ? size.ws_col : 80;
}

}  // namespace

std::string progress_words(const LoadNumbers& numbers) {
  std::string text = numbers.bytes_total ? percent_text(numbers) + ", " : "";
  text += requests_text(numbers) + ", " + rate_text(numbers);
  if (const auto rest = rest_text(numbers); !rest.empty()) text += ", " + rest;
  return numbers.pause.empty() ? text : text + ", waits: " + numbers.pause;
}

std::string progress_bar(const LoadNumbers& numbers, std::size_t columns) {
  std::string text;
  if (numbers.bytes_total) {
    const double part = std::clamp(part_done(numbers), 0.0, 1.0);
    const auto full = static_cast<std::size_t>(part * static_cast<double>(kBarColumns));
    text = "[" + std::string(full, '#') + std::string(kBarColumns - full, '.') + "] " +
           percent_text(numbers) + "  ";
  }
  text += requests_text(numbers) + "  " + rate_text(numbers);
  if (!numbers.pause.empty()) {
    text += "  waits: " + printable(numbers.pause);
  } else if (const auto rest = rest_text(numbers); !rest.empty()) {
    text += "  " + rest;
  }
  return cut_to_width(text, columns);
}

std::string progress_sum(const LoadNumbers& numbers) {
  return requests_text(numbers) + " in " + age_text(numbers.elapsed.count()) + " (" +
         rate_text(numbers) + ")";
}

LoadProgress::LoadProgress() : is_terminal_(draws()), next_(Clock::now() + kRedraw) {
  if (!is_terminal_) next_ = Clock::now() + kLines;
}

bool LoadProgress::is_due() {
  const auto now = Clock::now();
  if (now < next_) return false;
  next_ = now + (is_terminal_ ? std::chrono::steady_clock::duration(kRedraw) : kLines);
  return true;
}

void LoadProgress::show(const LoadNumbers& numbers) {
  if (!is_terminal_) {
    std::cerr << "sqlbus: " << progress_words(numbers) << std::endl;
    return;
  }
  // One column less: the last one would move the cursor on.
  std::cerr << "\r" << progress_bar(numbers, terminal_columns() - 1) << "\x1b[K" << std::flush;
  is_drawn_ = true;
}

void LoadProgress::clear() {
  if (is_drawn_) std::cerr << "\r\x1b[K" << std::flush;
  is_drawn_ = false;
}

}  // namespace sqlbus
