// Takes batches from one queue, one step at a time: a claim while there is something, a blocking
// pop while there is nothing. At most one of them is under way. Loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/intake/activity.hpp"
#include "daemon/intake/batch_names.hpp"
#include "daemon/intake/delivery.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/queue_store.hpp"

namespace sqlbus {

// How much may be taken now.
struct ClaimRoom {
  std::size_t requests = 0;  // 0: nothing
  std::size_t bytes = 0;
  bool is_idle = false;       // nothing is in flight: a suspect may run
  bool is_for_query = false;  // only where the next one is a query with a way of its own
};

class Claimer {
 public:
  struct Claimed {
    std::string key;
    Reply storage;
    ReplyView envelopes;  // in storage; settled positions hold the instance's id
    std::int64_t deliveries = 0;
    bool is_lone = false;  // popped: `envelopes` is the one envelope, not an array
  };
  struct Events {
    std::function<void(Claimed)> on_claimed;
    std::function<void()> on_empty;  // the queue has nothing more, for now
    std::function<void()> on_lost;   // a script said: not the owner
    std::function<void()> on_woken;  // somebody has ended the pop, to have us look elsewhere
    std::function<void(ReplyView)>
        on_control;                 // a claim's word on what is paused, before on_claimed
    std::function<bool()> may_pop;  // Redis knows the blocking connection
    // Whether the next one in the queue is worth a claim of its own.
    std::function<bool(std::string_view envelope)> is_query;
    std::function<void()> on_looked;  // it is not
  };

  Claimer(EventLoop& loop, QueueStore& store, RedisLink& blocking, std::shared_ptr<Lease> lease,
          Log& log, const Settings& settings, BatchNames& names, Events events);

  // Takes the next step if none is under way. To be called whenever there may be more room.
  void step(const ClaimRoom& room);
  // A connection is gone: the step under way will not be answered, but may have been taken.
  void control_down();
  // The queue is ours anew, or not any more: nothing that was known of it holds.
  void reset();
  // Returns whether the server may still be blocking for us.
  bool blocking_down();
  // A dead letter is on its way: the next step is a claim, which counts them.
  void note_dead() { may_be_full_ = true; }
  // The same, since somebody has paused or resumed the queue.
  void look_again() { is_empty_ = false; }
  // Reads a batch of ours back that nobody here knows.
  void read_back(const std::string& key);
  // The name that the step under way, or the next one, puts its batch under.
  const std::string& next_key() const { return next_key_; }
  // Nothing came with the last step, or nothing can be taken for now.
  bool is_empty() const { return is_empty_ || under_way_ == Step::kPause; }
  // Redis tells by itself when something comes.
  bool is_popping() const { return under_way_ == Step::kPop; }
  // The next request has killed a daemon before: it waits until nothing else is in flight.
  bool wants_idle() const { return wants_idle_; }
  const Activity& activity() const { return activity_; }
  // Why nothing can be claimed; empty where it can.
  const std::string& pause_reason() const { return pause_reason_; }

 private:
  enum class Step : std::uint8_t { kNone, kLook, kClaim, kPop, kPause };

  void note(Activity::Doing doing);       // anew: since now
  void note_wait(Activity::Doing doing);  // since it began
  void look(const ClaimRoom& room);
  void claim(const ClaimRoom& room);
  void pop();
  void take_claim(ClaimAnswer answer);
  void take_control(const ClaimAnswer& answer);
  void hand_over(const std::string& key, ClaimAnswer answer);
  void take_pop(Reply reply);
  void pause(std::string_view reason);  // says why, once, and rests
  void rest();

  QueueStore& store_;
  RedisLink& blocking_;
  std::shared_ptr<Lease> lease_;
  Log& log_;
  const LimitSettings& limits_;
  BatchNames& names_;
  Events events_;
  std::string next_key_;
  std::string registered_;  // Redis has this name among the batches
  Step under_way_ = Step::kNone;
  bool is_empty_ = false;
  bool wants_idle_ = false;   // a suspect waits for everything else to end
  std::string pause_reason_;  // logged already; empty once a step has gone well
  std::int64_t waiting_ = 0;  // in the queue before the pop at hand, where that was asked
  std::size_t paused_ = 0;    // so much was when a claim told last
  bool has_news_ = false;     // that has changed since
  bool may_be_full_ = false;  // dead letters have come since the last claim, which looks at them
  Activity activity_;
  Timer pause_;
};

}  // namespace sqlbus
