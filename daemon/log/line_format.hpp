// One log line, as text or JSON; without a line's end. Whatever its texts hold, they begin no other
// line or field, and what is longer than some KiB is cut.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "daemon/log/log.hpp"

namespace sqlbus {

struct LogLine {
  std::chrono::system_clock::time_point time;
  Log::Level level;
  std::string_view message;
  std::span<const LogField> fields;
};

// 2026-11-20T22:56:01.123Z level=info msg="…" key=value
std::string format_text(const LogLine& line);
// {"time":"…","level":"info","msg":"…","key":"value"}
std::string format_json(const LogLine& line);
// As text, for systemd's journal: the priority in front, and no time, which the journal adds.
std::string format_journal(const LogLine& line);

}  // namespace sqlbus
