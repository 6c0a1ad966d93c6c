// The intake of one queue: owns it, claims from it, knows its batches. Loop thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/intake/claimer.hpp"
#include "daemon/intake/delay_feed.hpp"
#include "daemon/intake/delivery.hpp"
#include "daemon/intake/feed.hpp"
#include "daemon/intake/hand_back.hpp"
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
    std::function<ClaimRoom()> room;       // how much this queue may take now
    std::function<ClaimRoom()> feed_room;  // and how much from its waiting lists and replays
    std::function<bool(std::string_view envelope)> is_query;   // see Claimer
    std::function<void(std::vector<Delivery>)> on_deliveries;  // of one batch
    std::function<void()> on_change;  // it has run empty, or is not ours any more
    std::function<void()> on_left;    // after leave(), when it has been handed back
  };
  // What those who send requests to wait need to know of this queue; all by index of the database.
  struct WaitingEvents {
    // The queue is ours (again): how many requests wait for each database.
    std::function<void(const std::vector<std::int64_t>& lengths)> on_owned;
    std::function<void()> on_lost;
    // Whether a database takes what waits for it; asked before each feed.
    std::function<bool(std::size_t database)> may_feed;
    // Nothing waits for it any more, as far as Redis knows.
    std::function<void(std::size_t database)> on_fed;
    // All that operators have paused now, by name; of the queue itself is_paused() tells.
    std::function<void(const std::vector<std::string>& databases)> on_paused;
    // Daemons that are dead, or have lost the queue: their database sessions are to be ended.
    std::function<void(const std::vector<std::string>& instances)> on_dead;
  };

  QueueIntake(const House& house, std::size_t index, std::string queue, Events events);

  // Those behind the ones that it knows.
  void add_databases(const std::vector<DatabaseSettings>& databases);
  // What the other daemons are told of this one has changed.
  void tell_again() { ownership_.tell_again(); }
  void set_waiting_events(WaitingEvents events) { waiting_events_ = std::move(events); }
  void open();
  void control_up();
  void control_down();
  void step();
  void stop();  // claims no more; what is in flight goes on
  // A reload has taken it away: claims no more, and when what is in flight has ended it is handed
  // back by finish_leaving().
  void leave();
  void finish_leaving();
  // Nothing of this queue may begin or be committed any more; it goes back with all that is left.
  void hand_back(std::function<void()> on_accepted);
  bool is_ending() const { return leaving_ == Leaving::kEnding; }
  bool is_leaving() const { return is_ending() || leaving_ == Leaving::kHandingBack; }
  bool is_left() const { return leaving_ == Leaving::kLeft; }
  void set_rank(std::size_t rank) { rank_ = rank; }

  // What it has taken, for those who count.
  struct Counters {
    std::uint64_t claims = 0;
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;
    std::uint64_t unavailable = 0;  // answered 1202 while they waited for their database
  };
  const Counters& counters() const { return counters_; }
  const Claimer& claimer() const { return claimer_; }
  const Ownership& ownership() const { return ownership_; }
  const RedisLink& blocking() const { return blocking_; }

  QueueStore& store() { return store_; }
  const QueueStore& store() const { return store_; }
  DelayFeed& delays() { return delays_; }
  const std::string& queue() const { return store_.queue(); }
  bool is_owner() const { return ownership_.is_owner(); }
  // By an operator: nothing is taken from it.
  bool is_paused() const { return is_paused_; }
  // Nothing to be taken from it before a lower queue's turn.
  bool is_exhausted() const {
    return !ownership_.is_owner() || !ownership_.lease()->is_valid() || claimer_.is_empty();
  }
  bool wants_idle() const {
    return ownership_.is_owner() && (claimer_.wants_idle() || feed_wants_idle());
  }
  bool feed_wants_idle() const;
  // There may be something in the list of this database: looks as soon as may_feed() says so.
  void want_feed(std::size_t database) { feeds_[database]->want(); }
  // Some of it could not be begun; the rest of it is done with.
  void give_back(const std::shared_ptr<Batch>& batch);
  // When the oldest batch began that may hold something unsettled, in microseconds since 1970.
  std::int64_t oldest_us(std::int64_t now_us) const;

  // A batch is through and Redis has removed it.
  void forget(const std::string& key);
  // One that waits for its database has been answered.
  void note_unavailable() { ++counters_.unavailable; }
  // One of its requests becomes a dead letter.
  void note_dead() { claimer_.note_dead(); }
  // Redis says that a batch which should be through is not: what it holds is delivered again.
  void read_again(const std::string& key);

 private:
  void owned();
  void lost();
  std::unique_ptr<Feed> make_feed(std::string origin, std::function<void()> on_empty);
  void reset_feeds();
  Feed* feed_of(std::string_view origin);
  void feed();
  void taken(const OwnershipAnswer& answer);
  void look_at_waiting();
  void watch_replays();
  void look_beside();
  void heed(ReplyView control);
  void reconcile(const std::vector<std::string>& registered);
  void take(Claimer::Claimed claimed);
  void tell_clients();
  void blocking_down();

  // kEnding: what is in flight ends. kHandingBack: Redis has been asked, or will be when it is
  // there.
  enum class Leaving : std::uint8_t { kNot, kEnding, kHandingBack, kLeft };

  House house_;
  std::size_t index_;
  std::size_t rank_ = 0;
  Leaving leaving_ = Leaving::kNot;
  std::string instance_id_;
  std::vector<std::string> databases_;
  Events events_;
  WaitingEvents waiting_events_;
  QueueStore store_;
  BatchNames names_;
  RedisLink blocking_;
  std::string blocking_client_;
  std::string stale_client_;  // may still block in Redis, and cannot be ended yet
  Ownership ownership_;
  Claimer claimer_;
  DelayFeed delays_;
  StrayWatch strays_;
  std::vector<std::unique_ptr<Feed>> feeds_;  // one for each database
  std::unique_ptr<Feed> replays_;
  HandBack hand_back_;
  Timer replay_watch_;
  std::chrono::nanoseconds replays_seen_at_{};
  std::int64_t taken_floor_us_ =
      0;  // the oldest batch that was taken from a dead owner, for a while
  std::chrono::nanoseconds taken_at_{};
  Counters counters_;
  std::map<std::string, std::shared_ptr<Batch>> batches_;
  // What a claim told last, as one text; nothing where whatever comes next is to be heeded.
  std::optional<std::string> control_ = "";
  bool is_paused_ = false;
  bool may_claim_ = false;  // own batches have been read back since the last change
  bool is_stopped_ = false;
};

}  // namespace sqlbus
