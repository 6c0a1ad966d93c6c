#include "daemon/intake/queue_intake.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {

QueueIntake::QueueIntake(const House& house, std::size_t index, std::string queue, Events events)
    : index_(index),
      instance_id_(house.instance.id),
      log_(house.log),
      control_(house.control),
      events_(std::move(events)),
      store_(house.control, house.settings, house.instance, std::move(queue)),
      blocking_(house.loop, house.settings, house.log, "sqlbus-pop", RedisLink::Purpose::kBlocking,
                {.on_up = [this] { tell_clients(); }, .on_down = [this] { blocking_down(); }}),
      ownership_(house.loop, store_, house.clock, house.log, house.settings,
                 house.instance.fingerprint,
                 {.on_owned = [this] { owned(); },
                  .on_renewed = [this] { step(); },
                  .on_lost = [this] { lost(); }}),
      claimer_(house.loop, store_, blocking_, ownership_.lease(), house.log, house.settings,
               house.instance.id,
               {.on_claimed = [this](Claimer::Claimed claimed) { take(std::move(claimed)); },
                .on_empty =
                    [this] {
                      step();
                      events_.on_change();
                    },
                .on_lost = [this] { ownership_.doubt(); }}),
      delays_(house.loop, store_),
      strays_(house.loop, store_, house.log) {}

void QueueIntake::open() { blocking_.open(); }

void QueueIntake::control_up() {
  if (!stale_client_.empty()) store_.end_client(std::exchange(stale_client_, {}));
  tell_clients();
  ownership_.link_up();
}

void QueueIntake::control_down() {
  may_claim_ = false;
  claimer_.control_down();
  delays_.stop();
  strays_.stop();
  ownership_.link_down();
}

void QueueIntake::stop() {
  is_stopped_ = true;
  delays_.stop();
  strays_.stop();
  blocking_.close();
  if (store_.is_up()) store_.end_client(blocking_client_);
}

// Redis is to know a connection before it is used, so that a successor can end it.
void QueueIntake::tell_clients() {
  blocking_client_ = std::to_string(blocking_.client_id());
  ownership_.set_clients(std::to_string(control_.client_id()) + "," + blocking_client_);
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
  if (may_claim_ && !is_stopped_ && ownership_.is_owner()) claimer_.step(events_.room());
}

void QueueIntake::owned() {
  claimer_.reset();
  store_.own_batches([this](const std::vector<std::string>& registered) {
    reconcile(registered);
    ownership_.confirm();
    may_claim_ = true;
    delays_.look();
    strays_.start();
    step();
  });
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
      log_.warning("batch is gone from redis", {{"queue", queue()}, {"batch", it->first}});
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
  delays_.stop();
  strays_.stop();
  for (auto& [key, batch] : batches_) batch->is_gone.store(true, std::memory_order_release);
  batches_.clear();
  events_.on_change();
}

void QueueIntake::read_again(const std::string& key) {
  batches_.erase(key);
  if (ownership_.is_owner()) claimer_.read_back(key);
}

void QueueIntake::take(Claimer::Claimed claimed) {
  if (claimed.is_lone && claimed.envelopes.text() == instance_id_ && store_.is_up()) {
    store_.tell_from_mark(claimed.key);
    return claimer_.read_back(claimed.key);
  }
  auto batch = std::make_shared<Batch>();
  batch->queue = index_;
  batch->key = claimed.key;
  batch->lease = ownership_.lease();
  batch->storage = std::move(claimed.storage);
  batches_[batch->key] = batch;

  std::vector<Delivery> deliveries;
  const auto count = claimed.is_lone ? 1 : claimed.envelopes.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto envelope = (claimed.is_lone ? claimed.envelopes : claimed.envelopes[i]).text();
    if (envelope == instance_id_) continue;  // settled before
    deliveries.push_back({batch, i, claimed.deliveries, envelope});
  }
  batch->unsettled = deliveries.size();
  if (deliveries.empty()) {  // read back, and settled already: only its removal is left
    batches_.erase(batch->key);
    if (store_.is_up()) store_.settle({.batches = {batch->key}, .through = {0}}, [](auto&&) {});
  }
  for (auto& delivery : deliveries) events_.on_delivery(std::move(delivery));
  step();
}

}  // namespace sqlbus
