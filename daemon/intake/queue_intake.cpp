#include "daemon/intake/queue_intake.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/crash_point.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

// Who sends dead letters again wakes an owner that waits for requests (CLIENT UNBLOCK). An owner
// that does not wait looks by itself, and the other one too, for a wake-up that Redis did not
// allow.
constexpr milliseconds kReplayPeriod{1000};
constexpr milliseconds kIdleReplayPeriod{5000};
// What was taken from a dead owner is settled by then; until then the ledger keeps what it may
// have applied.
constexpr std::chrono::hours kTakenFloor{1};

std::int64_t sequence_us(std::string_view sequence) {
  std::int64_t value = 0;
  std::from_chars(sequence.data(), sequence.data() + sequence.size(), value, 16);
  return value;
}

}  // namespace

QueueIntake::QueueIntake(const House& house, std::size_t index, std::string queue, Events events)
    : house_(house),
      index_(index),
      instance_id_(house.instance.id),
      events_(std::move(events)),
      store_(house.control, house.settings, house.instance, std::move(queue)),
      names_(store_.queue(), house.instance.id),
      blocking_(house.loop, house.settings, house.log, "sqlbus-pop", RedisLink::Purpose::kBlocking,
                {.on_up = [this] { tell_clients(); }, .on_down = [this] { blocking_down(); }}),
      ownership_(house.loop, store_, house.clock, house.log, house.settings, house.instance,
                 {.on_owned = [this] { owned(); },
                  .on_renewed = [this] { step(); },
                  .on_lost = [this] { lost(); },
                  .on_taken = [this](const OwnershipAnswer& answer) { taken(answer); }}),
      claimer_(house.loop, store_, blocking_, ownership_.lease(), house.log, house.settings, names_,
               {.on_claimed = [this](Claimer::Claimed claimed) { take(std::move(claimed)); },
                .on_empty =
                    [this] {
                      step();
                      events_.on_change();
                    },
                .on_lost = [this] { ownership_.doubt(); },
                .on_woken = [this] { look_beside(); },
                .on_control = [this](ReplyView control) { heed(control); },
                .may_pop = [this] { return ownership_.has_told(); },
                .is_query = events_.is_query,
                .on_looked = [this] { step(); }}),
      delays_(house.loop, store_),
      strays_(house.loop, store_, house.log),
      hand_back_(house.loop, store_, house.settings.limits, house.log),
      replay_watch_(house.loop, [this] { watch_replays(); }) {
  replays_ = make_feed(std::string(keys::kReplayOrigin), [] {});
}

void QueueIntake::add_databases(const std::vector<DatabaseSettings>& databases) {
  control_.reset();  // the next claim tells anew what is paused
  for (auto i = databases_.size(); i < databases.size(); ++i) {
    databases_.push_back(databases[i].name);
    feeds_.push_back(make_feed(keys::waiting_origin(databases[i].name),
                               [this, i] { waiting_events_.on_fed(i); }));
  }
}

std::unique_ptr<Feed> QueueIntake::make_feed(std::string origin, std::function<void()> on_empty) {
  return std::make_unique<Feed>(
      house_.loop, store_, names_, std::move(origin), house_.settings.limits, house_.log,
      Feed::Events{.on_claimed = [this](Claimer::Claimed claimed) { take(std::move(claimed)); },
                   .on_empty = std::move(on_empty),
                   .on_lost = [this] { ownership_.doubt(); },
                   .on_rested = [this] { step(); },
                   .on_control = [this](ReplyView control) { heed(control); }});
}

void QueueIntake::reset_feeds() {
  for (auto& feed : feeds_) feed->reset();
  replays_->reset();
}

void QueueIntake::open() { blocking_.open(); }

void QueueIntake::control_up() {
  if (is_left()) return;
  if (leaving_ == Leaving::kHandingBack) return finish_leaving();  // the answer was lost
  if (!stale_client_.empty()) store_.end_client(std::exchange(stale_client_, {}));
  tell_clients();
  ownership_.link_up();
}

void QueueIntake::control_down() {
  may_claim_ = false;
  claimer_.control_down();
  reset_feeds();
  replay_watch_.stop();
  delays_.stop();
  strays_.stop();
  hand_back_.control_down();
  ownership_.link_down();
}

void QueueIntake::stop() {
  if (std::exchange(is_stopped_, true)) return;
  replay_watch_.stop();
  delays_.stop();
  strays_.stop();
  blocking_.close();
  if (store_.is_up()) store_.end_client(blocking_client_);
}

void QueueIntake::leave() {
  if (leaving_ != Leaving::kNot) return;
  leaving_ = Leaving::kEnding;
  house_.log.info("queue is left", {{"queue", queue()}});
  stop();
  crash_point("leaving");
}

// Without Redis: when it is there again. The lease may have run out then; what is not ours any
// more the script leaves alone.
void QueueIntake::finish_leaving() {
  leaving_ = Leaving::kHandingBack;
  for (auto& [key, batch] : batches_) batch->is_gone.store(true, std::memory_order_release);
  crash_point("before_hand_back");
  hand_back([this] {
    crash_point("after_hand_back");
    leaving_ = Leaving::kLeft;
    batches_.clear();
    waiting_events_.on_lost();
    events_.on_left();
  });
}

void QueueIntake::hand_back(std::function<void()> on_accepted) {
  ownership_.stop();
  if (store_.is_up()) hand_back_.start(std::move(on_accepted));
}

// Redis is to know a connection before it is used, so that a successor can end it.
void QueueIntake::tell_clients() {
  blocking_client_ = std::to_string(blocking_.client_id());
  ownership_.set_clients(std::to_string(house_.control.client_id()) + "," + blocking_client_);
}

// A server that has not noticed the loss might still move something later: the pop is ended there
// before anything else is asked.
void QueueIntake::blocking_down() {
  if (!claimer_.blocking_down()) return;
  if (store_.is_up()) {
    store_.end_client(blocking_client_);
  } else {
    stale_client_ = blocking_client_;
  }
  step();
}

void QueueIntake::step() {
  if (!may_claim_ || is_stopped_ || !ownership_.is_owner()) return;
  feed();
  claimer_.step(events_.room());
}

void QueueIntake::feed() {
  if (!may_claim_ || is_stopped_ || !ownership_.is_owner()) return;
  if (!ownership_.lease()->is_valid()) return;
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    if (!feeds_[i]->is_wanted()) continue;
    if (waiting_events_.may_feed(i)) {
      feeds_[i]->step(events_.feed_room());
    } else {
      feeds_[i]->give_way();
    }
  }
  replays_->step(events_.feed_room());
}

bool QueueIntake::feed_wants_idle() const {
  return replays_->wants_idle() ||
         std::any_of(feeds_.begin(), feeds_.end(), [](const auto& f) { return f->wants_idle(); });
}

Feed* QueueIntake::feed_of(std::string_view origin) {
  for (auto& feed : feeds_) {
    if (feed->origin() == origin) return feed.get();
  }
  return replays_->origin() == origin ? replays_.get() : nullptr;
}

void QueueIntake::forget(const std::string& key) {
  batches_.erase(key);
  auto* feed = feed_of(keys::parse_inflight(queue(), key).origin);
  if (feed != nullptr) feed->batch_done();
}

void QueueIntake::give_back(const std::shared_ptr<Batch>& batch) {
  if (is_stopped_ || batch->is_gone || batches_.erase(batch->key) == 0) return;
  if (!store_.is_up()) return;  // unknown now: it is read back when the connection is there again
  store_.give_back(batch->key, [this, origin = batch->origin](std::int64_t) {
    auto* feed = feed_of(origin);
    if (feed == nullptr) return;
    feed->batch_done();
    feed->rest();
  });
}

std::int64_t QueueIntake::oldest_us(std::int64_t now_us) const {
  auto oldest = now_us;
  for (const auto& [key, batch] : batches_) {
    const auto sequence = keys::parse_inflight(store_.queue(), key).sequence;
    oldest = std::min(oldest, sequence_us(sequence));
  }
  const bool is_recent = boot_time() - taken_at_ < kTakenFloor;
  return is_recent && taken_floor_us_ > 0 ? std::min(oldest, taken_floor_us_) : oldest;
}

void QueueIntake::taken(const OwnershipAnswer& answer) {
  if (answer.dead.empty()) return;
  taken_floor_us_ = sequence_us(answer.oldest);
  taken_at_ = boot_time();
  waiting_events_.on_dead(answer.dead);
}

void QueueIntake::owned() {
  claimer_.reset();
  store_.own_batches([this](const std::vector<std::string>& registered) {
    reconcile(registered);
    look_at_waiting();
  });
}

// Before the first claim: what waits for a database comes before what is new.
void QueueIntake::look_at_waiting() {
  store_.waiting_lengths(databases_, [this](const std::vector<std::int64_t>& lengths) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      if (lengths[i] > 0) feeds_[i]->want();
    }
    waiting_events_.on_owned(lengths);
    ownership_.confirm();
    if (is_stopped_) return;
    may_claim_ = true;
    delays_.look();
    strays_.start();
    replay_watch_.start(kReplayPeriod);
    look_beside();
    step();
  });
}

void QueueIntake::watch_replays() {
  replay_watch_.start(kReplayPeriod);
  const bool is_recent = boot_time() - replays_seen_at_ < kIdleReplayPeriod;
  if (!claimer_.is_popping() || !is_recent) look_beside();
}

// Its claim tells what is paused too.
void QueueIntake::look_beside() {
  if (!may_claim_ || is_stopped_ || !store_.is_up()) return;
  replays_seen_at_ = boot_time();
  store_.look_beside([this](bool has_found) {
    if (!has_found && control_ && control_->empty()) return;
    replays_->want();
    feed();
  });
}

// Whatever an operator may have written there.
void QueueIntake::heed(ReplyView control) {
  std::string seen;
  for (std::size_t i = 0; i < control.size(); ++i) seen.append(control[i].text()) += '\n';
  if (std::exchange(control_, seen) == seen) return;
  std::vector<std::string> databases;
  bool is_paused = false;
  for (std::size_t i = 0; i + 1 < control.size(); i += 2) {
    const auto field = control[i].text();
    if (field == keys::kQueuePaused) is_paused = true;
    if (const auto database = keys::paused_database(field); !database.empty()) {
      databases.emplace_back(database);
    }
  }
  if (std::exchange(is_paused_, is_paused) != is_paused) {
    house_.log.info(is_paused ? "queue paused" : "queue resumed", {{"queue", queue()}});
    if (is_paused && claimer_.is_popping()) store_.wake_client(blocking_client_);
    claimer_.look_again();
  }
  waiting_events_.on_paused(databases);
}

// After a time without Redis, or without the ownership: what Redis has lost is forgotten, what we
// do not know is read.
void QueueIntake::reconcile(const std::vector<std::string>& registered) {
  const auto is_registered = [&](const std::string& key) {
    return std::find(registered.begin(), registered.end(), key) != registered.end();
  };
  for (auto it = batches_.begin(); it != batches_.end();) {
    if (is_registered(it->first)) {
      ++it;
      continue;
    }
    if (it->second->unsettled > 0) {
      house_.log.warning("batch is gone from redis", {{"queue", queue()}, {"batch", it->first}});
    }
    it->second->is_gone.store(true, std::memory_order_release);
    it = batches_.erase(it);
  }
  for (const auto& key : registered) {
    if (!batches_.contains(key) && key != claimer_.next_key()) claimer_.read_back(key);
  }
}

void QueueIntake::lost() {
  may_claim_ = false;
  claimer_.reset();
  reset_feeds();
  replay_watch_.stop();
  delays_.stop();
  strays_.stop();
  for (auto& [key, batch] : batches_) batch->is_gone.store(true, std::memory_order_release);
  batches_.clear();
  control_ = "";
  is_paused_ = false;
  waiting_events_.on_lost();
  events_.on_change();
}

void QueueIntake::read_again(const std::string& key) {
  batches_.erase(key);
  if (ownership_.is_owner()) claimer_.read_back(key);
}

// What comes after stop() lies in Redis, and goes back with the rest.
void QueueIntake::take(Claimer::Claimed claimed) {
  if (is_stopped_) return;
  if (claimed.is_lone && claimed.envelopes.text() == instance_id_ && store_.is_up()) {
    store_.tell_from_mark(claimed.key);
    return claimer_.read_back(claimed.key);
  }
  auto batch = std::make_shared<Batch>();
  batch->queue = index_;
  batch->rank = rank_;
  batch->key = claimed.key;
  batch->lease = ownership_.lease();
  batch->storage = std::move(claimed.storage);
  batch->origin = keys::parse_inflight(queue(), batch->key).origin;
  batches_[batch->key] = batch;
  crash_point("claimed");

  std::vector<Delivery> deliveries;
  const auto count = claimed.is_lone ? 1 : claimed.envelopes.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto envelope = (claimed.is_lone ? claimed.envelopes : claimed.envelopes[i]).text();
    if (envelope == instance_id_) continue;  // settled before
    deliveries.push_back(
        {.batch = batch, .position = i, .deliveries = claimed.deliveries, .envelope = envelope});
    counters_.bytes += envelope.size();
  }
  ++counters_.claims;
  counters_.requests += deliveries.size();
  batch->unsettled = deliveries.size();
  batch->unended = deliveries.size();
  batch->open = deliveries.size();
  if (auto* feed = feed_of(batch->origin)) feed->adopt_batch();
  if (deliveries.empty()) {  // read back, and settled already: only its removal is left
    forget(batch->key);
    if (store_.is_up()) store_.settle({.batches = {batch->key}, .through = {0}}, [](auto&&) {});
  }
  events_.on_deliveries(std::move(deliveries));
  step();
}

}  // namespace sqlbus
