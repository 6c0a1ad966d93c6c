#include "daemon/intake/ownership.hpp"

#include <utility>

#include "daemon/crash_point.hpp"

namespace sqlbus {
namespace {

constexpr milliseconds kStandbyPeriod{1000};
constexpr int kRenewalsPerLease = 3;
// Long before Redis forgets the facts of an instance that nobody writes.
constexpr int kLeasesPerTelling = 5;

}  // namespace

Ownership::Ownership(EventLoop& loop, QueueStore& store, BusClock& clock, Log& log,
                     const Settings& settings, const InstanceFacts& instance, Events events)
    : store_(store),
      clock_(clock),
      log_(log),
      length_(settings.limits.lease),
      instance_(instance),
      events_(std::move(events)),
      timer_(loop, [this] { look(); }) {}

// It may be another server now, or one that has lost something.
void Ownership::link_up() {
  told_.reset();
  enter(State::kLooking);
  look();
}

void Ownership::link_down() { enter(State::kOffline); }

void Ownership::set_clients(std::string clients) {
  clients_ = std::move(clients);
  if (state_ == State::kOwner) look();
}

void Ownership::tell_again() {
  ++untold_;
  told_.reset();
  is_fingerprint_logged_ = false;
  if (state_ == State::kOwner) look();
}

void Ownership::doubt() {
  if (state_ == State::kOwner) look();
}

void Ownership::enter(State state) {
  if (state_ == State::kOwner && state != State::kOwner) was_owner_ = true;
  if (state != State::kOwner) is_confirmed_ = false;
  state_ = state;
  if (state == State::kOffline) timer_.stop();
}

void Ownership::look() {
  if (is_stopped_ || !store_.is_up()) return;
  timer_.start(is_owner() ? length_ / kRenewalsPerLease : kStandbyPeriod);
  const auto sent_at = boot_time();
  asked_at_ = running_time();
  const auto mark = status_mark();
  const auto clients = news(mark);
  const Telling telling{clients.value_or(""), mark, untold_, sent_at};
  store_.renew(clients,
               [this, telling, has_told = clients.has_value()](const OwnershipAnswer& answer) {
                 if (has_told && answer.state == OwnershipAnswer::State::kOwner) told(telling);
                 answered(answer, telling.sent_at);
               });
}

std::uint64_t Ownership::status_mark() const {
  return instance_.status ? instance_.status().mark : 0;
}

std::optional<std::string> Ownership::news(std::uint64_t mark) const {
  const bool is_known = told_ == clients_ && told_mark_ == mark &&
                        boot_time() - told_at_ < length_ * kLeasesPerTelling;
  return is_known ? std::nullopt : std::optional(clients_);
}

void Ownership::told(const Telling& telling) {
  if (telling.untold != untold_) return;
  told_ = telling.clients;
  told_mark_ = telling.mark;
  told_at_ = telling.sent_at;
}

void Ownership::answered(const OwnershipAnswer& answer, std::chrono::nanoseconds sent_at) {
  if (is_stopped_) return;
  if (answer.state == OwnershipAnswer::State::kError) {
    if (std::exchange(logged_fault_, answer.error) != answer.error) {
      log_.error("queue ownership", {{"queue", store_.queue()}, {"reason", answer.error}});
    }
    return;
  }
  logged_fault_.clear();
  // Never behind Redis: what it has promoted is due here too.
  clock_.set(answer.now +
             std::chrono::duration_cast<std::chrono::microseconds>(boot_time() - sent_at));
  if (answer.state == OwnershipAnswer::State::kOwner) return own(sent_at);
  if (answer.state == OwnershipAnswer::State::kStandby) return stand_by(answer);
  if (state_ != State::kTaking) take(answer);
}

// Ends what the dead owner may still have on its way to Redis, then asks for the queue; both go
// down the same connection, in this order.
void Ownership::take(const OwnershipAnswer& look) {
  enter(State::kTaking);
  for (const auto& client : look.clients) store_.end_client(client);
  const Telling telling{clients_, status_mark(), untold_, boot_time()};
  crash_point("before_return");
  store_.take_over(clients_, [this, telling](const OwnershipAnswer& answer) {
    if (answer.batches > 0) crash_point("after_return");
    if (is_stopped_) return;
    enter(State::kLooking);
    if (answer.state == OwnershipAnswer::State::kOwner) {
      told(telling);
      events_.on_taken(answer);
    }
    if (answer.envelopes > 0) {
      log_.warning("took over requests of a lost daemon",
                   {{"queue", store_.queue()}, {"requests", std::to_string(answer.envelopes)}});
    }
    answered(answer, telling.sent_at);
  });
}

void Ownership::own(std::chrono::nanoseconds sent_at) {
  owned_since_ = sent_at;
  if (is_owner()) {
    if (is_confirmed_) lease_->renewed(sent_at, length_);
    return events_.on_renewed();
  }
  enter(State::kOwner);
  timer_.start(length_ / kRenewalsPerLease);
  is_standby_logged_ = false;
  log_.info("queue owned", {{"queue", store_.queue()}});
  if (!has_told()) look();  // something has changed since it was asked for
  events_.on_owned();
}

void Ownership::confirm() {
  if (!is_owner()) return;
  is_confirmed_ = true;
  lease_->renewed(owned_since_, length_);
}

// An answer that is still on its way is that of a question before the hand-back.
void Ownership::stop() {
  is_stopped_ = true;
  enter(State::kOffline);
  lease_->end();
}

void Ownership::stand_by(const OwnershipAnswer& answer) {
  lease_->end();
  told_.reset();
  if (is_owner() || std::exchange(was_owner_, false)) {
    log_.warning("queue lost to another daemon", {{"queue", store_.queue()}});
    enter(State::kLooking);
    was_owner_ = false;
    events_.on_lost();
  }
  enter(State::kLooking);
  timer_.start(kStandbyPeriod);
  if (!std::exchange(is_standby_logged_, true)) {
    log_.info("standing by: another daemon owns the queue", {{"queue", store_.queue()}});
  }
  if (answer.fingerprint != instance_.fingerprint && !std::exchange(is_fingerprint_logged_, true)) {
    log_.warning("the owner of the queue has other databases configured",
                 {{"queue", store_.queue()}});
  }
}

}  // namespace sqlbus
