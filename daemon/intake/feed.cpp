#include "daemon/intake/feed.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
Feed::Feed(EventLoop& loop, QueueStore& store, BatchNames& names, std::string origin,
           const LimitSettings& limits, Log& log, Events events)
    : store_(store),
      names_(names),
      origin_(std::move(origin)),
      limits_(limits),
      log_(log),
      events_(std::move(events)),
      key_(names_.next(origin_)),
      pause_(loop, [this] {
        is_resting_ = false;
        events_.on_rested();
      }) {}

void Feed::step(const ClaimRoom& room) {
  if (!is_wanted_ || is_under_way_ || is_resting_ || room.requests == 0 || !store_.is_up()) return;
  if (wants_idle_ && !room.is_idle) return;
  is_under_way_ = true;
  wants_idle_ = false;
  store_.claim({.batch = key_,
                .count_max = std::min(room.requests, limits_.claim_max),
                .bytes_max = room.bytes,
                .is_idle = room.is_idle,
                .origin = origin_},
               [this](ClaimAnswer answer) { take(std::move(answer)); });
}

void Feed::take(ClaimAnswer answer) {
  switch (answer.state) {
    case ClaimAnswer::State::kOk:
      break;
    case ClaimAnswer::State::kLost:
      is_under_way_ = false;
      return events_.on_lost();
    case ClaimAnswer::State::kSuspect:
      is_under_way_ = false;
      wants_idle_ = true;
      return events_.on_rested();  // at once, where nothing is in flight
    case ClaimAnswer::State::kPaused:
      is_under_way_ = false;
      events_.on_control(answer.control());
      return rest();
    case ClaimAnswer::State::kFull:
    case ClaimAnswer::State::kError:
      is_under_way_ = false;
      if (!answer.error.empty() && std::exchange(logged_fault_, answer.error) != answer.error) {
        log_.error("claiming pauses", {{"list", origin_}, {"reason", answer.error}});
      }
      return rest();
  }
  if (answer.control().is_array()) events_.on_control(answer.control());
  if (answer.envelopes().size() == 0) {
    is_under_way_ = false;
    is_wanted_ = false;
    return events_.on_empty();
  }
  const auto key = std::exchange(key_, names_.next(origin_));
  const auto envelopes = answer.envelopes();  // stays where it is when the reply is moved
  events_.on_claimed({key, std::move(answer.reply), envelopes, answer.deliveries, false});
}

void Feed::rest() {
  is_resting_ = true;
  pause_.start(kRestTime);
}

// An answer that did not come may have moved something under the old name, which is read back.
void Feed::reset() {
  is_under_way_ = false;
  wants_idle_ = false;
  key_ = names_.next(origin_);
}

}  // namespace sqlbus
