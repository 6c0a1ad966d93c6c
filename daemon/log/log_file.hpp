// Where lines go: standard output, or a file. A file is followed wherever its path leads, and
// renamed where it grows too large or its time of day has come. Several daemons may share one: each
// line is one write() at its end, and who renames it holds its lock.
//
// One thread at a time.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/settings.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

class LogFile {
 public:
  using Time = std::chrono::system_clock::time_point;
  struct House {
    std::function<Time()> now = std::chrono::system_clock::now;
    // While it is not 0, what nobody takes off our hands (a full pipe) is not waited for.
    const std::atomic<int>* hurry = nullptr;
  };

  static Result<std::unique_ptr<LogFile>> open(const LogSettings& settings, House house);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  int fd() const { return fd_; }
  // Whole lines, with their ends. False: they are lost.
  bool write(std::string_view lines);
  void rotate_if_due() { rotate_for(0); }
  // When it is to be renamed for the time of day.
  std::optional<Time> next_rotation() const;
  // What an operator should know of, once: why it cannot be renamed or made anew.
  std::string take_trouble();

 private:
  LogFile(const LogSettings& settings, House house, int fd);

  static Result<int> open_fd(const LogSettings& settings);
  void adopt(int fd);
  void plan(Time from);
  void look();
  bool leads_to_us() const;
  bool reopen();
  bool is_too_large(std::size_t bytes) const;
  bool is_time() const { return next_ && house_.now() >= *next_; }
  void rotate_for(std::size_t bytes);
  void rotate();
  void complain(std::string trouble);
  bool put(std::string_view text);
  bool wait_writable();

  LogSettings settings_;
  std::string path_;
  House house_;
  int fd_;
  struct stat identity_ {};  // at the time it was opened
  bool is_regular_ = false;  // a file on a disk, that can be renamed
  bool is_gone_ = false;     // deleted, and there is no new one yet
  bool is_torn_ = false;     // a piece of a line was written
  bool is_given_up_ = false;
  std::size_t size_ = 0;
  Time looked_at_{};
  std::optional<std::chrono::seconds> time_of_day_;
  std::optional<Time> next_;
  Time not_before_{};  // no try to rename it before that
  std::string trouble_;
  bool is_told_ = true;
};

}  // namespace sqlbus
