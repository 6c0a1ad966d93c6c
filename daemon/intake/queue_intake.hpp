// The intake of one queue: owns it, claims from it, knows its batches. Loop thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "daemon/intake/claimer.hpp"
#include "daemon/intake/delay_feed.hpp"
#include "daemon/intake/delivery.hpp"
#include "daemon/intake/ownership.hpp"
#include "daemon/intake/stray_watch.hpp"

namespace sqlbus {

class QueueIntake {
 public:
  // What all queues have in common.
  struct House {
    EventLoop& loop;
    const Settings& settings;
    const InstanceFacts& instance;
    BusClock& clock;
    Log& log;
    RedisLink& control;
  };
  struct Events {
    std::function<ClaimRoom()> room;  // how much this queue may take now
    std::function<void(Delivery)> on_delivery;
    std::function<void()> on_change;  // it has run empty, or is not ours any more
  };

  QueueIntake(const House& house, std::size_t index, std::string queue, Events events);

  void open();
  void control_up();
  void control_down();
  void step();
  void stop();  // claims no more; what is in flight goes on
  // Nothing of this queue may begin or be committed any more; then it can be handed back.
  void fence() { ownership_.stop(); }

  QueueStore& store() { return store_; }
  DelayFeed& delays() { return delays_; }
  const std::string& queue() const { return store_.queue(); }
  bool is_owner() const { return ownership_.is_owner(); }
  // Nothing to be taken from it before a lower queue's turn.
  bool is_exhausted() const {
    return !ownership_.is_owner() || !ownership_.lease()->is_valid() || claimer_.is_empty();
  }
  bool wants_idle() const { return ownership_.is_owner() && claimer_.wants_idle(); }

  // A batch is through and Redis has removed it.
  void forget(const std::string& key) { batches_.erase(key); }
  // Redis says that a batch which should be through is not: what it holds is delivered again.
  void read_again(const std::string& key);

 private:
  void owned();
  void lost();
  void reconcile(const std::vector<std::string>& registered);
  void take(Claimer::Claimed claimed);
  void tell_clients();
  void blocking_down();

  std::size_t index_;
  std::string instance_id_;
  Log& log_;
  RedisLink& control_;
  Events events_;
  QueueStore store_;
  RedisLink blocking_;
  std::string blocking_client_;
  std::string stale_client_;  // may still block in Redis, and cannot be ended yet
  Ownership ownership_;
  Claimer claimer_;
  DelayFeed delays_;
  StrayWatch strays_;
  std::map<std::string, std::shared_ptr<Batch>> batches_;
  bool may_claim_ = false;  // own batches have been read back since the last change
  bool is_stopped_ = false;
};

}  // namespace sqlbus
