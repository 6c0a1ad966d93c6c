// A log that keeps its lines for a look.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/log/log.hpp"

namespace sqlbus::test {

class RecordingLog : public Log {
 public:
  struct Line {
    Level level;
    std::string message;
    std::map<std::string, std::string> fields;
  };

  explicit RecordingLog(Level level = Level::kInfo) : Log(level) {}

  Status use(const LogSettings& settings) override {
    set_level(settings.level);
    return Done{};
  }
  void flush(std::chrono::milliseconds) override {}
  const std::vector<Line>& lines() const { return lines_; }
  std::vector<Line> take() { return std::exchange(lines_, {}); }

 protected:
  void write_line(Level level, std::string_view message,
                  std::span<const LogField> fields) override {
    Line line{level, std::string(message), {}};
    for (const auto& field : fields) line.fields.emplace(field.key, field.value);
    lines_.push_back(std::move(line));
  }

 private:
  std::vector<Line> lines_;
};

}  // namespace sqlbus::test
