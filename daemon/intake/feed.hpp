// Takes batches from a list beside the queue: what waits for a database that is down, or what an
// operator sent again. One batch at a time is under way, so that a database which has just come
// back is not met by all at once. Loop thread.
#pragma once

#include <functional>
#include <string>

#include "daemon/intake/batch_names.hpp"
#include "daemon/intake/claimer.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/queue_store.hpp"

namespace sqlbus {

class Feed {
 public:
  struct Events {
    std::function<void(Claimer::Claimed)> on_claimed;
    std::function<void()> on_empty;  // the list has nothing
    std::function<void()> on_lost;   // a script said: not the owner
    std::function<void()> on_rested;
    std::function<void(ReplyView)>
        on_control;  // a claim's word on what is paused, before on_claimed
  };

  Feed(EventLoop& loop, QueueStore& store, BatchNames& names, std::string origin,
       const LimitSettings& limits, Log& log, Events events);

  const std::string& origin() const { return origin_; }
  // There may be something in the list.
  void want() { is_wanted_ = true; }
  bool is_wanted() const { return is_wanted_; }
  // Its next request is a suspect and waits until nothing else is in flight.
  bool wants_idle() const { return wants_idle_; }
  // Its database is not there: nobody is to wait for it.
  void give_way() { wants_idle_ = false; }
  // Asks for the next batch, unless one is under way.
  void step(const ClaimRoom& room);
  // The batch is through, or has been given back.
  void batch_done() { is_under_way_ = false; }
  // What it has taken could not be run: a pause before the next try.
  void rest();
  // Read back after a loss of the connection: its batch is under way.
  void adopt_batch() { is_under_way_ = true; }
  void reset();

 private:
  void take(ClaimAnswer answer);

  QueueStore& store_;
  BatchNames& names_;
  std::string origin_;
  const LimitSettings& limits_;
  Log& log_;
  Events events_;
  std::string key_;
  bool is_wanted_ = false;
  bool is_under_way_ = false;
  bool wants_idle_ = false;
  bool is_resting_ = false;
  std::string logged_fault_;
  Timer pause_;
};

}  // namespace sqlbus
