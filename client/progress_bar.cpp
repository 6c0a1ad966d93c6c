#include "client/progress_bar.hpp"

#include <unistd.h>

#include <iostream>

namespace sqlbus {

namespace {

constexpr std::int64_t kBarWidth = 50;
constexpr std::int64_t kLines = 4;

}  // namespace

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3;) {
    i -= 3;
    text.insert(i, ",");
  }
  return text;
}

ProgressBar::ProgressBar(std::int64_t total)
    : total_(total), is_terminal_(isatty(STDOUT_FILENO) == 1) {}

void ProgressBar::show(std::int64_t done) {
  const std::int64_t steps = done * (is_terminal_ ? kBarWidth : kLines) / total_;
  if (steps == steps_shown_) return;
  steps_shown_ = steps;
  const std::string count = grouped(done) + " of " + grouped(total_);
  if (!is_terminal_) {
    std::cout << "  " << count << "\n";
    return;
  }
  const std::string full(static_cast<std::size_t>(steps), '#');
  const std::string rest(static_cast<std::size_t>(kBarWidth - steps), '.');
  std::cout << "\r  [" << full << rest << "] " << count << (done == total_ ? "\n" : "")
            << std::flush;
}

}  // namespace sqlbus
