#include "daemon/intake/intake.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
namespace {

constexpr std::size_t kPrefetchClaims = 4;
// So often a queue whose lanes are full is looked at: a query that has a way of its own may stand
// at its head.
constexpr milliseconds kLookPeriod{1};
constexpr milliseconds kEmptyLookPeriod{5};  // while the queue has nothing beyond what is in flight

}  // namespace

Intake::Intake(const QueueIntake::House& house, Events events)
    : house_(house),
      limits_(house.settings.limits),
      events_(std::move(events)),
      look_period_(kLookPeriod),
      look_(house.loop, [this] {
        is_look_due_ = true;
        step_all();
      }) {
  set_queues(house.settings.redis.queues);
}

void Intake::open() {
  is_open_ = true;
  for (auto& queue : queues_) queue->open();
}

// One that is wanted again while it is being left comes when that is done.
void Intake::set_queues(const std::vector<std::string>& names) {
  by_rank_.clear();
  for (const auto& name : names) {
    auto place = place_of(name);
    if (!place) place = add_queue(name);
    if (queues_[*place]->is_leaving()) continue;
    queues_[*place]->set_rank(by_rank_.size());
    by_rank_.push_back(*place);
  }
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (std::find(by_rank_.begin(), by_rank_.end(), i) != by_rank_.end()) continue;
    if (queues_[i]->is_left()) continue;
    std::erase_if(held_, [i](const Delivery& delivery) { return delivery.batch->queue == i; });
    queues_[i]->leave();
    leave_if_through(i);
  }
}

std::optional<std::size_t> Intake::place_of(const std::string& name) const {
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (!queues_[i]->is_left() && queues_[i]->queue() == name) return i;
  }
  return std::nullopt;
}

std::size_t Intake::add_queue(const std::string& name) {
  const auto place = queues_.size();
  ahead_of_queue_.push_back(0);
  inflight_of_queue_.push_back(0);
  queues_.push_back(std::make_unique<QueueIntake>(
      house_, place, name,
      QueueIntake::Events{.room = [this, place] { return room_of(place); },
                          .feed_room = [this, place] { return feed_room_of(place); },
                          .is_query = [this](auto envelope) { return is_query(envelope); },
                          .on_deliveries = [this](auto d) { deliver(std::move(d)); },
                          .on_change = [this] { step_all(); },
                          .on_left = [this] { set_queues(house_.settings.redis.queues); }}));
  if (is_open_) {
    events_.on_queue_added(place);
    queues_[place]->open();
    if (house_.control.is_up()) queues_[place]->control_up();
  }
  return place;
}

// What is in flight has been settled, or goes back with the rest.
void Intake::leave_if_through(std::size_t queue) {
  if (queues_[queue]->is_ending() && inflight_of_queue_[queue] == 0) {
    queues_[queue]->finish_leaving();
  }
}

void Intake::control_up() {
  for (auto& queue : queues_) queue->control_up();
}

void Intake::control_down() {
  for (auto& queue : queues_) queue->control_down();
}

void Intake::stop() {
  is_stopped_ = true;
  held_.clear();  // handed back with the rest
  for (auto& queue : queues_) queue->stop();
}

// A queue's turn comes when the higher ones have nothing. While one waits to run a suspect alone,
// no other takes anything.
ClaimRoom Intake::room_of(std::size_t queue) {
  if (is_stopped_ || probation_ != nullptr || !held_.empty() || others_want_idle(queue) ||
      queues_[queue]->feed_wants_idle()) {
    return {};
  }
  for (const auto higher : by_rank_) {
    if (higher == queue) break;
    if (!queues_[higher]->is_exhausted()) return {};
  }
  // Enough to claim while the last claim runs, and no more: the rest stays in Redis, where an
  // urgent request overtakes it.
  const auto prefetch_max = std::min(limits_.inflight_max, kPrefetchClaims * limits_.claim_max);
  if (inflight_ >= limits_.inflight_max || inflight_bytes_ >= limits_.inflight_bytes_max) return {};
  // Whole claims: small ones would cost as much each, and make small groups.
  const auto ahead = ahead_of_queue_[queue];
  if (ahead > 0 && ahead + std::min(limits_.claim_max, prefetch_max / 2) > prefetch_max) {
    if (ahead >= 2 * prefetch_max) return {};
    if (!is_look_due_) {
      if (!look_.is_active()) look_.start(look_period_);
      return {};
    }
    return {
        .requests = 1, .bytes = limits_.inflight_bytes_max - inflight_bytes_, .is_for_query = true};
  }
  return {std::min(limits_.inflight_max - inflight_, prefetch_max - ahead),
          limits_.inflight_bytes_max - inflight_bytes_, inflight_ == 0};
}

bool Intake::has_key(std::string_view key) const {
  return std::any_of(queues_.begin(), queues_.end(), [key](const auto& queue) {
    return !queue->is_left() && queue->store().has_key(key);
  });
}

std::vector<std::size_t> Intake::present() const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (!queues_[i]->is_left()) places.push_back(i);
  }
  return places;
}

bool Intake::is_paused() const {
  bool has_paused = false;
  for (const auto& queue : queues_) {
    if (!queue->is_owner()) continue;
    if (!queue->is_paused()) return false;
    has_paused = true;
  }
  return has_paused;
}

bool Intake::others_want_idle(std::size_t queue) const {
  bool is_higher = true;
  for (const auto other : by_rank_) {
    if (other == queue) {
      is_higher = false;
    } else if (queues_[other]->wants_idle() && (is_higher || !queues_[queue]->wants_idle())) {
      return true;
    }
  }
  return false;
}

// What waited has its turn before what is new, and does not count with it.
ClaimRoom Intake::feed_room_of(std::size_t queue) const {
  if (is_stopped_ || probation_ != nullptr || !held_.empty() || others_want_idle(queue)) return {};
  if (inflight_ >= limits_.inflight_max || inflight_bytes_ >= limits_.inflight_bytes_max) return {};
  return {limits_.inflight_max - inflight_, limits_.inflight_bytes_max - inflight_bytes_,
          inflight_ == 0};
}

// The next claim is under way while these are decoded. One by itself is on its way to its database
// before anything else is done.
void Intake::deliver(std::vector<Delivery> deliveries) {
  if (is_stopped_) return;
  std::vector<Delivery> begun;
  begun.reserve(deliveries.size());
  for (auto& delivery : deliveries) {
    if (!held_.empty() || !may_dispatch(delivery)) {
      held_.push_back(std::move(delivery));
      continue;
    }
    open(delivery);
    begun.push_back(std::move(delivery));
  }
  const bool is_lone = begun.size() == 1;
  if (!is_lone) step_all();
  for (auto& delivery : begun) events_.on_delivery(std::move(delivery));
  events_.on_delivered();
  if (is_lone) step_all();
}

// Behind one query there may be another.
bool Intake::is_query(std::string_view envelope) {
  is_look_due_ = events_.is_query(envelope);
  look_period_ = envelope.empty() ? kEmptyLookPeriod : kLookPeriod;
  return is_look_due_;
}

// Suspects of one batch run together, and with nothing else.
bool Intake::may_dispatch(const Delivery& delivery) const {
  if (probation_ != nullptr) return delivery.batch.get() == probation_;
  return delivery.deliveries == 0 || inflight_ == 0;
}

void Intake::open(const Delivery& delivery) {
  ++inflight_;
  ++inflight_of_queue_[delivery.batch->queue];
  if (delivery.batch->origin.empty()) ++ahead_of_queue_[delivery.batch->queue];
  inflight_bytes_ += delivery.envelope.size();
  if (delivery.deliveries > 0) probation_ = delivery.batch.get();
}

void Intake::release(std::span<Delivery> deliveries) {
  for (auto& delivery : deliveries) close(delivery);
  if (inflight_ == 0) probation_ = nullptr;
  for (std::size_t i = 0; i < queues_.size(); ++i) leave_if_through(i);
  deliver_held();
  step_all();
}

void Intake::release_untouched(std::span<Delivery> deliveries) {
  for (const auto& delivery : deliveries) ++delivery.batch->untouched;
  release(deliveries);
}

void Intake::end(Delivery& delivery) {
  const auto& batch = *delivery.batch;
  if (std::exchange(delivery.has_ended, true) || !batch.origin.empty()) return;
  --ahead_of_queue_[batch.queue];
}

void Intake::close(Delivery& delivery) {
  auto& batch = *delivery.batch;
  end(delivery);
  --inflight_;
  --inflight_of_queue_[batch.queue];
  inflight_bytes_ -= delivery.envelope.size();
  if (--batch.open == 0 && batch.untouched > 0) {
    queues_[batch.queue]->give_back(delivery.batch);
  }
}

void Intake::deliver_held() {
  while (!held_.empty() && may_dispatch(held_.front())) {
    auto next = std::move(held_.front());
    held_.pop_front();
    open(next);
    events_.on_delivery(std::move(next));
  }
}

void Intake::step_all() {
  for (std::size_t i = 0; i < by_rank_.size(); ++i) queues_[by_rank_[i]]->step();
}

}  // namespace sqlbus
