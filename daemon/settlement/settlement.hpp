// Takes outcomes back to Redis: one script call settles all that has gathered for a queue, with
// its replies and dead letters. What was not acknowledged is sent again, for as long as it takes;
// the script does nothing twice. Loop thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "daemon/intake/intake.hpp"
#include "daemon/log/log.hpp"
#include "daemon/settlement/outcome.hpp"
#include "daemon/settlement/whole_batches.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {

class Settlement {
 public:
  // Of one queue.
  struct Counters {
    // In what way a request ended; each has its row of numbers by the place of the ERRORID in its
    // table.
    enum class End : std::uint8_t { kOk, kDuplicate, kFailed, kDead };
    std::array<std::vector<std::uint64_t>, 4> ended;
    std::uint64_t delayed = 0;            // for a NOT_BEFORE
    std::vector<std::uint64_t> diverted;  // to wait in Redis, by database
    std::uint64_t response_bytes = 0;
    std::uint64_t refused_replies = 0;

    std::uint64_t all_ended() const;
    std::uint64_t ended_as(End end) const;
    std::uint64_t ended_with(ErrorId error) const;
  };

  // Redis has put a request on the waiting list of that database.
  using OnMoved = std::function<void(std::size_t queue, std::size_t database)>;

  // on_acknowledged: Redis has settled something.
  Settlement(EventLoop& loop, Intake& intake, Log& log, std::string instance_id,
             std::function<void()> on_acknowledged, OnMoved on_moved);

  void add(Outcome outcome);
  // Sends what has been added.
  void flush();
  // The connection is back: sends again what was not acknowledged on the last one.
  void control_up();
  void control_down();

  // Nothing is added or under way.
  bool is_idle() const { return sent_.empty() && added_count_ == 0; }
  const Counters& counters(std::size_t queue) const;
  // Redis has acknowledged something last: running_time().
  std::chrono::nanoseconds acknowledged_at() const { return acknowledged_at_; }

 private:
  struct Sent {
    std::size_t queue = 0;
    SettleCommand command;
    std::vector<Delivery> deliveries;
    std::vector<std::size_t> moves;  // databases that some of them are to wait for
    std::size_t bytes = 0;
    std::uint64_t generation = 0;  // of the connection it was last sent on, 0: none
  };

  void flush_held();
  void flush_queue(std::size_t queue);
  void append(Sent& sent, Outcome outcome);
  void dispatch(Sent sent);
  void send(std::list<Sent>::iterator sent);
  void acknowledged(std::list<Sent>::iterator sent, const SettleAnswer& answer);
  void log_refused_reply(const Sent& sent, std::size_t place) const;
  void close_batch(const Sent& sent, const std::string& key, bool is_removed);
  void resend();
  void count(const Outcome& outcome);

  Intake& intake_;
  Log& log_;
  std::string instance_id_;
  std::function<void()> on_acknowledged_;
  OnMoved on_moved_;
  std::vector<std::vector<Outcome>> added_;  // by queue
  std::size_t added_count_ = 0;
  std::list<Sent> sent_;
  std::uint64_t generation_ = 1;  // of the connection
  bool is_fault_logged_ = false;
  std::vector<Counters> counters_;  // by queue
  std::chrono::nanoseconds acknowledged_at_ = running_time();
  WholeBatches whole_batches_;
  Timer retry_;
  Timer hold_;
};

}  // namespace sqlbus
