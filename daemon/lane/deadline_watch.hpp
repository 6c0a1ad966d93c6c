// Cancels a session's statement when a DEADLINE comes while it runs. The lane's thread arms it
// around what may take long; the cancelling, which may have to ask a server, is on a thread of its
// own, made when it is needed for the first time.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/bus_clock.hpp"

namespace sqlbus {

class DeadlineWatch {
 public:
  // cancel: ends the running statement; a late one may hit the next, which does no harm.
  explicit DeadlineWatch(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~DeadlineWatch();
  DeadlineWatch(const DeadlineWatch&) = delete;
  DeadlineWatch& operator=(const DeadlineWatch&) = delete;

  // Whether the DEADLINE of the last guard that had one has come while that guard lived. The bus's
  // clock cannot tell afterwards: between two answers of Redis it may be set back a little.
  bool has_fired() const { return has_fired_; }

  // Armed for as long as it lives; for a request without DEADLINE it does nothing.
  class Guard {
   public:
    Guard(DeadlineWatch& watch, std::optional<EpochTime> deadline, const BusClock& clock);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    DeadlineWatch* watch_ = nullptr;
  };

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void arm(TimePoint at);
  void disarm();
  void run();

  std::function<void()> cancel_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<TimePoint> at_;  // guarded by mutex_, like the next
  bool is_ending_ = false;
  std::atomic<bool> has_fired_{false};
  std::thread thread_;  // the lane's thread makes it
};

}  // namespace sqlbus
