#include "daemon/router/detours.hpp"

#include <algorithm>
#include <utility>

#include "protocol/keys.hpp"

namespace sqlbus {

Detours::Detours(EventLoop& loop, const House& house)
    : house_(house),
      watch_(loop, house.settings, house.clock, house.concluder, house.intake, house.log) {
  for (std::size_t i = 0; i < house.intake.queues().size(); ++i) add_queue(i);
}

void Detours::add_queue(std::size_t queue) {
  detours_.emplace_back();
  house_.intake.queues()[queue]->set_waiting_events(events_of(queue));
  add_databases();
}

// What an owner finds waiting for them goes first, see owned(); a queue that is ours already is
// not asked again, so that all of it goes by the list until a feed has found nothing there.
void Detours::add_databases() {
  auto& queues = house_.intake.queues();
  for (std::size_t i = 0; i < detours_.size(); ++i) {
    queues[i]->add_databases(house_.settings.databases);
    while (detours_[i].size() < house_.settings.databases.size()) {
      auto& detour = detours_[i].emplace_back();
      if (!queues[i]->is_owner()) continue;
      detour.state = State::kWaiting;
      queues[i]->want_feed(detours_[i].size() - 1);
      watch_.look(i, detours_[i].size() - 1);
    }
  }
}

QueueIntake::WaitingEvents Detours::events_of(std::size_t queue) {
  return {.on_owned = [this, queue](const auto& lengths) { owned(queue, lengths); },
          .on_lost = [this, queue] { lost(queue); },
          .may_feed = [this, queue](std::size_t database) { return may_feed(queue, database); },
          .on_fed = [this, queue](std::size_t database) { fed(queue, database); },
          .on_paused = [this, queue](const auto& databases) { set_paused(queue, databases); },
          .on_dead =
              [this](const auto& instances) {
                for (const auto& instance : instances) house_.router.end_sessions_of(instance);
              }};
}

void Detours::route(Admitted admitted) {
  admitted.delivery.database = admitted.database;
  if (house_.router.try_hold(admitted)) return;
  if (!house_.router.has_lanes(admitted.database)) return refuse(std::move(admitted));
  const auto& batch = *admitted.delivery.batch;
  auto& detour = at(batch.queue, admitted.database);
  if (batch.origin == keys::kReplayOrigin && is_held(detour, admitted.database)) {
    // On a waiting list it would be one of the caller's: it goes back to where it came from.
    return house_.settlement.add(
        {.delivery = std::move(admitted.delivery), .kind = Outcome::Kind::kUntouched});
  }
  if (!batch.origin.empty()) return send_to_lane(std::move(admitted), 0);
  switch (detour.state) {
    case State::kDirect:
      ++detour.in_lanes;
      return send_to_lane(std::move(admitted), detour.epoch);
    case State::kDiverting:
      detour.held.push_back(std::move(admitted));
      return;
    case State::kWaiting:
      divert_all_held(detour);  // before what the router had held behind it
      return send_to_wait(std::move(admitted));
  }
}

// It was admitted before a reload took its database away.
void Detours::refuse(Admitted admitted) {
  const auto& name = house_.settings.databases[admitted.database].name;
  const Verdict verdict{.error = ErrorId::kUnknownDatabase,
                        .message = "DATABASE: " + name + " is not configured any more"};
  house_.settlement.add(
      house_.concluder.conclude(std::move(admitted.delivery), admitted.request, verdict, nullptr));
}

void Detours::send_to_lane(Admitted admitted, std::uint32_t epoch) {
  house_.router.route(std::move(admitted), epoch);
}

void Detours::send_to_wait(Admitted admitted) {
  const auto& request = admitted.request;
  const auto patience = house_.clock.now() + house_.settings.redis.response_timeout;
  auto outcome = house_.concluder.wait(std::move(admitted.delivery), request,
                                       house_.settings.databases[admitted.database].name,
                                       request.deadline.value_or(patience));
  ++at(outcome.delivery.batch->queue, outcome.delivery.database).sent_to_wait;
  watch_.add(outcome);
  house_.settlement.add(std::move(outcome));
}

void Detours::take(Outcome& outcome) {
  const auto& delivery = outcome.delivery;
  if (!delivery.batch->origin.empty()) return;
  const auto queue = delivery.batch->queue;
  auto& detour = at(queue, delivery.database);
  --detour.in_lanes;
  if (!outcome.waiting_database.empty()) {
    ++detour.sent_to_wait;
    watch_.add(outcome);
    if (detour.state == State::kDirect) divert(queue, delivery.database);
  }
  if (detour.state == State::kDiverting && detour.in_lanes == 0) {
    // Behind the one at hand, which the caller adds to the settlement after this.
    detour.state = State::kWaiting;
  }
}

void Detours::divert(std::size_t queue, std::size_t database) {
  at(queue, database).state = State::kDiverting;
  house_.intake.queues()[queue]->want_feed(database);
  house_.log.warning("requests wait in redis for their database",
                     {{"queue", house_.intake.queues()[queue]->queue()},
                      {"database", house_.settings.databases[database].name}});
}

void Detours::flush_held() {
  for (auto& queue : detours_) {
    for (auto& detour : queue) {
      if (detour.state == State::kWaiting) divert_all_held(detour);
    }
  }
}

std::vector<Admitted> Detours::take_held() {
  std::vector<Admitted> all;
  for (auto& queue : detours_) {
    for (auto& detour : queue) {
      for (auto& admitted : detour.held) all.push_back(std::move(admitted));
      detour.held.clear();
    }
  }
  return all;
}

void Detours::divert_all_held(Detour& detour) {
  while (!detour.held.empty()) {
    auto admitted = std::move(detour.held.front());
    detour.held.pop_front();
    send_to_wait(std::move(admitted));
  }
}

void Detours::moved(std::size_t queue, std::size_t database) { ++at(queue, database).waits; }

// Called before anything new is claimed.
void Detours::owned(std::size_t queue, const std::vector<std::int64_t>& lengths) {
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    auto& detour = at(queue, i);
    if (detour.state == State::kDirect) {
      divert(queue, i);
      if (detour.in_lanes == 0) detour.state = State::kWaiting;
      watch_.look(queue, i);
    }
  }
}

// What is held or in lanes belongs to batches that are gone; it comes back untouched.
void Detours::lost(std::size_t queue) {
  for (auto& detour : detours_[queue]) {
    std::vector<Delivery> gone;
    for (auto& admitted : detour.held) gone.push_back(std::move(admitted.delivery));
    detour.held.clear();
    detour.is_paused = false;
    detour.state = State::kDirect;
    ++detour.epoch;
    house_.intake.release_untouched(gone);
  }
  watch_.forget(queue);
}

// What has been claimed already goes on. What comes now takes the way of those whose database is
// down, and keeps its order there.
void Detours::set_paused(std::size_t queue, const std::vector<std::string>& databases) {
  for (std::size_t i = 0; i < detours_[queue].size(); ++i) {
    auto& detour = at(queue, i);
    const auto& name = house_.settings.databases[i].name;
    const bool is_paused = std::find(databases.begin(), databases.end(), name) != databases.end();
    if (std::exchange(detour.is_paused, is_paused) == is_paused) continue;
    house_.log.info(is_paused ? "database paused" : "database resumed",
                    {{"queue", house_.intake.queues()[queue]->queue()}, {"database", name}});
    if (!is_paused) {
      house_.intake.queues()[queue]->want_feed(i);
    } else if (detour.state == State::kDirect) {
      divert(queue, i);
      if (detour.in_lanes == 0) detour.state = State::kWaiting;
    }
  }
}

// What waits for a database that has been removed is refused, paused or not.
bool Detours::is_held(const Detour& detour, std::size_t database) const {
  return detour.is_paused && !house_.settings.databases[database].is_removed;
}

bool Detours::may_feed(std::size_t queue, std::size_t database) {
  auto& detour = at(queue, database);
  if (is_held(detour, database) || detour.state != State::kWaiting) return false;
  if (!house_.router.is_up(database)) return false;
  house_.settlement.flush();  // what is on its way there is there before the feed looks
  detour.sent_before_feed = detour.sent_to_wait;
  detour.was_quiet_before_feed = detour.sent_to_wait == detour.waits;
  return true;
}

void Detours::fed(std::size_t queue, std::size_t database) {
  auto& detour = at(queue, database);
  if (detour.state != State::kWaiting || is_held(detour, database)) return;
  if (!detour.was_quiet_before_feed || detour.sent_before_feed != detour.sent_to_wait) {
    return house_.intake.queues()[queue]->want_feed(database);
  }
  detour.state = State::kDirect;
  ++detour.epoch;
  house_.log.info("nothing waits for its database any more",
                  {{"queue", house_.intake.queues()[queue]->queue()},
                   {"database", house_.settings.databases[database].name}});
}

}  // namespace sqlbus
