#include "daemon/intake/claimer.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

// Another error of this kind says that the server has become a replica.
bool is_wake_up(ReplyView reply) {
  const auto text = reply.text();
  return reply.is_error() && text.starts_with("UNBLOCKED") &&
         text.find("CLIENT UNBLOCK") != text.npos;
}

}  // namespace

Claimer::Claimer(EventLoop& loop, QueueStore& store, RedisLink& blocking,
                 std::shared_ptr<Lease> lease, Log& log, const Settings& settings,
                 BatchNames& names, Events events)
    : store_(store),
      blocking_(blocking),
      lease_(std::move(lease)),
      log_(log),
      limits_(settings.limits),
      names_(names),
      events_(std::move(events)),
      next_key_(names.next()),
      pause_(loop, [this] {
        under_way_ = Step::kNone;
        events_.on_empty();
      }) {}

void Claimer::step(const ClaimRoom& room) {
  if (under_way_ != Step::kNone) return;
  if (room.requests == 0) return note_wait(Activity::Doing::kWithoutRoom);
  if (!lease_->is_valid()) return note_wait(Activity::Doing::kWithoutLease);
  if (wants_idle_ && !room.is_idle) return note_wait(Activity::Doing::kForSuspect);
  if (room.is_for_query) return look(room);
  if (!is_empty_ || may_be_full_) return claim(room);
  if (blocking_.is_up()) return pop();
  is_empty_ = false;  // without the blocking connection: look again in a while
  rest();
}

void Claimer::note(Activity::Doing doing) { activity_ = {doing, running_time()}; }

void Claimer::note_wait(Activity::Doing doing) {
  if (activity_.doing != doing) note(doing);
}

void Claimer::look(const ClaimRoom& room) {
  if (!store_.is_up()) return note_wait(Activity::Doing::kForConnection);
  under_way_ = Step::kLook;
  note_wait(Activity::Doing::kWithoutRoom);
  store_.head([this, room](std::string_view envelope) {
    under_way_ = Step::kNone;
    if (!events_.is_query(envelope)) return events_.on_looked();
    if (lease_->is_valid()) claim(room);
  });
}

void Claimer::claim(const ClaimRoom& room) {
  if (!store_.is_up()) return note_wait(Activity::Doing::kForConnection);
  under_way_ = Step::kClaim;
  note(Activity::Doing::kClaiming);
  wants_idle_ = false;
  may_be_full_ = false;
  store_.claim({.batch = next_key_,
                .count_max = std::min(room.requests, limits_.claim_max),
                .bytes_max = room.bytes,
                .is_idle = room.is_idle},
               [this](ClaimAnswer answer) { take_claim(std::move(answer)); });
}

void Claimer::take_claim(ClaimAnswer answer) {
  under_way_ = Step::kNone;
  switch (answer.state) {
    case ClaimAnswer::State::kOk:
      pause_reason_.clear();
      break;
    case ClaimAnswer::State::kLost:
      return events_.on_lost();
    case ClaimAnswer::State::kFull:
      return pause("too many dead letters (dead_max)");
    case ClaimAnswer::State::kSuspect:
      wants_idle_ = true;
      return events_.on_empty();
    case ClaimAnswer::State::kPaused:
      take_control(answer);
      return rest();
    case ClaimAnswer::State::kError:
      return pause(answer.error);
  }
  take_control(answer);
  if (answer.envelopes().size() == 0) {
    is_empty_ = true;
    registered_ = next_key_;
    return events_.on_empty();
  }
  const auto key = std::exchange(next_key_, names_.next());
  hand_over(key, std::move(answer));
}

// What was read back says nothing of it.
void Claimer::take_control(const ClaimAnswer& answer) {
  if (!answer.control().is_array()) return;
  paused_ = answer.control().size() / 2;
  events_.on_control(answer.control());
}

void Claimer::hand_over(const std::string& key, ClaimAnswer answer) {
  const auto envelopes = answer.envelopes();  // stays where it is when the reply is moved
  events_.on_claimed({key, std::move(answer.reply), envelopes, answer.deliveries, false});
}

// What is popped must be registered before it can be there. With that go the questions how many
// there are, for more than one are rather claimed, and whether something has been paused or
// resumed, which a claim tells. The pop ends before the lease could: whoever takes over finds
// nothing that still moves. Where it may not begin yet, the next renewal has us step again.
void Claimer::pop() {
  const milliseconds block = limits_.lease / 3;
  if (lease_->remaining() < block || !events_.may_pop()) {
    return note_wait(Activity::Doing::kWithoutLease);
  }
  under_way_ = Step::kPop;
  note(Activity::Doing::kWaiting);
  waiting_ = 0;
  if (registered_ != next_key_) {
    blocking_.send_with_next({"SADD", keys::batches(store_.queue()), next_key_},
                             [this, key = next_key_](Reply reply) {
                               if (!reply.view().is_error()) registered_ = key;
                             });
    blocking_.send_with_next({"LLEN", store_.queue()},
                             [this](Reply reply) { waiting_ = reply.view().integer(); });
    blocking_.send_with_next({"HLEN", keys::control(store_.queue())}, [this](Reply reply) {
      has_news_ = reply.view().is_error() ||  // that it cannot be read, a claim tells as well
                  static_cast<std::size_t>(reply.view().integer()) != paused_;
    });
  }
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f", static_cast<double>(block.count()) / 1000.0);
  blocking_.send(
      {"BLMOVE", store_.queue(), next_key_, "RIGHT", "RIGHT", seconds},
      [this](Reply reply) { take_pop(std::move(reply)); }, block);
}

void Claimer::take_pop(Reply reply) {
  under_way_ = Step::kNone;
  if (is_wake_up(reply.view())) {
    is_empty_ = false;  // a claim tells what has been paused or resumed
    events_.on_woken();
    return events_.on_empty();
  }
  if (reply.view().is_error()) {
    // At maxmemory Redis refuses BLMOVE, but not the script: go on with claims, on a timer.
    is_empty_ = false;
    return pause(reply.view().text());
  }
  if (std::exchange(has_news_, false)) is_empty_ = false;
  if (reply.view().is_nil()) return events_.on_empty();
  pause_reason_.clear();
  if (registered_ != next_key_) {  // the next claim, under the same name, registers and reads it
    is_empty_ = false;
    return events_.on_empty();
  }
  is_empty_ = is_empty_ && waiting_ <= 1;
  const auto key = std::exchange(next_key_, names_.next());
  const auto envelope = reply.view();
  events_.on_claimed({key, std::move(reply), envelope, 0, true});
}

void Claimer::pause(std::string_view reason) {
  if (std::exchange(pause_reason_, reason) != reason) {
    log_.error("claiming pauses", {{"queue", store_.queue()}, {"reason", reason}});
  }
  rest();
}

void Claimer::rest() {
  under_way_ = Step::kPause;
  note_wait(Activity::Doing::kResting);
  pause_.start(kRestTime);
  events_.on_empty();
}

void Claimer::control_down() {
  if (under_way_ == Step::kClaim || under_way_ == Step::kLook) under_way_ = Step::kNone;
  if (under_way_ == Step::kNone) note(Activity::Doing::kNothing);
  is_empty_ = false;
}

// What the pop may have moved lies under next_key_: the next claim, under the same name, tells.
bool Claimer::blocking_down() {
  if (under_way_ != Step::kPop) return false;
  under_way_ = Step::kNone;
  is_empty_ = false;
  return true;
}

void Claimer::reset() {
  if (under_way_ == Step::kNone) note(Activity::Doing::kReadingBack);
  is_empty_ = false;
  wants_idle_ = false;
}

void Claimer::read_back(const std::string& key) {
  store_.claim({.batch = key}, [this, key](ClaimAnswer answer) {
    // Without an answer the batch would lie there for ever: a new connection looks again.
    if (answer.state == ClaimAnswer::State::kError) return store_.restart(answer.error);
    if (answer.state != ClaimAnswer::State::kOk || answer.envelopes().size() == 0) return;
    hand_over(key, std::move(answer));
  });
}

}  // namespace sqlbus
