// The live view as lines of text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/command/top/queue_sample.hpp"
#include "client/command/top/rates.hpp"

namespace sqlbus {

enum class Style : std::uint8_t { kPlain, kTitle, kHeading, kAlarm, kFaint };

struct ScreenLine {
  std::string text;
  Style style = Style::kPlain;
};

enum class QueueOrder : std::uint8_t { kAsNamed, kDepth, kRate, kDeadLetters };

struct TopState {
  struct Queue {
    QueueSample sample;
    QueueRates rates;
  };

  std::string address;        // of Redis, for a person
  std::string interval;       // "1.0 s"
  std::vector<Queue> queues;  // as they were seen last
  std::string away;           // why Redis cannot be asked; empty where it can
  QueueOrder order = QueueOrder::kAsNamed;
  bool is_held = false;  // the display stays as it is
  bool shows_help = false;
};

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

// At most `rows` lines, each of at most `columns` columns; the last line is that of the keys.
std::vector<ScreenLine> render_screen(const TopState& state, ScreenSize size);
// All lines, as wide as they are, without the keys: for a file or a pipe.
std::vector<ScreenLine> render_lines(const TopState& state);

}  // namespace sqlbus
