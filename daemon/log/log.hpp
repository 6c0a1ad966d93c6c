// Log lines, as logfmt text or JSON. Thread-safe: lanes log too. Values of statements and secrets
// are never passed to it. A line is put down in memory and written by a thread of the log's own, so
// that nobody waits for a disk; what has gathered beyond a bound is lost, and counted.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/config/settings.hpp"
#include "daemon/log/latest.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// One "key=value" behind the message. Numbers are given as text by std::to_string.
struct LogField {
  std::string_view key;
  std::string_view value;
};

// The last line of level error, for a status.
struct LastError {
  std::chrono::system_clock::time_point at{};
  std::string message{};  // empty: there was none
};

class Log {
 public:
  using Level = LogSettings::Level;
  using Fields = std::initializer_list<LogField>;

  // Opens the file of the settings, or standard output.
  static Result<std::unique_ptr<Log>> open(const LogSettings& settings);
  // What has been logged is written, as far as it can be.
  virtual ~Log() = default;
  // Goes on with other settings, in the file that the path now leads to. An error leaves it as it
  // was.
  virtual Status use(const LogSettings& settings) = 0;
  // Waits until all that was logged before is written, but not longer than this.
  virtual void flush(std::chrono::milliseconds limit) = 0;

  bool is_enabled(Level level) const { return level >= level_; }
  void debug(std::string_view message, Fields fields = {}) {
    write(Level::kDebug, message, fields);
  }
  void info(std::string_view message, Fields fields = {}) { write(Level::kInfo, message, fields); }
  void warning(std::string_view message, Fields fields = {}) {
    write(Level::kWarning, message, fields);
  }
  // Is written, or given a moment for it, before this returns.
  void error(std::string_view message, Fields fields = {}) {
    write(Level::kError, message, fields);
  }
  void write(Level level, std::string_view message, std::span<const LogField> fields) {
    if (level == Level::kError) note_error(message, fields);
    if (is_enabled(level)) write_line(level, message, fields);
  }

  LastError last_error() const { return last_error_.get(); }

 protected:
  explicit Log(Level level) : level_(level) {}
  void set_level(Level level) { level_ = level; }
  virtual void write_line(Level level, std::string_view message,
                          std::span<const LogField> fields) = 0;

 private:
  void note_error(std::string_view message, std::span<const LogField> fields);

  std::atomic<Level> level_;
  Latest<LastError> last_error_;
};

}  // namespace sqlbus
