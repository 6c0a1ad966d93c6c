// How far something is: a bar on a terminal, a line per quarter elsewhere.
#pragma once

#include <cstdint>
#include <string>

namespace sqlbus {

// "10,000"
std::string grouped(std::int64_t number);

class ProgressBar {
 public:
  explicit ProgressBar(std::int64_t total);

  void show(std::int64_t done);

 private:
  const std::int64_t total_;
  const bool is_terminal_;
  std::int64_t steps_shown_ = 0;
};

}  // namespace sqlbus
