// A time limit on statements for databases whose server has none.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace sqlbus::odbc {

// Belongs to the session's thread; has one of its own once there is a limit.
class TimeLimit {
 public:
  explicit TimeLimit(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  void set(std::chrono::milliseconds limit) { limit_ = limit; }  // 0: none

  // While it lives a statement runs, and is cancelled when it takes too long.
  class Guard {
   public:
    explicit Guard(TimeLimit& limit) : limit_(limit) { limit_.arm(); }
    ~Guard() { limit_.disarm(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    TimeLimit& limit_;
  };

 private:
  using Clock = std::chrono::steady_clock;

  void arm();
  void disarm();
  void watch();

  std::function<void()> cancel_;
  std::chrono::milliseconds limit_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Clock::time_point> at_;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace sqlbus::odbc
