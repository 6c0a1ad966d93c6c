#include "client/command/load/load_pusher.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Large enough that neither side waits often for the other, and soon done all the same.
constexpr std::size_t kPushBytes = std::size_t{512} * 1024;
constexpr std::size_t kPushCount = 2000;
constexpr int kRoomWaitMs = 100;
constexpr int kFirstBackOffMs = 100;
constexpr int kLongestBackOffMs = 3000;

// A push goes whole onto a queue that had room: it is to be small beside the limit.
std::size_t count_of(std::int64_t queue_max) {
  if (queue_max <= 0) return kPushCount;
  return std::min(kPushCount, static_cast<std::size_t>(queue_max / 4 + 1));
}

// Redis has no memory left, or is not ready yet: nothing was pushed, and it passes.
bool is_passing(const Error& error) {
  constexpr std::string_view kCauses[] = {"OOM ", "LOADING ", "BUSY ", "TRYAGAIN ", "MASTERDOWN "};
  return std::any_of(std::begin(kCauses), std::end(kCauses),
                     [&](std::string_view cause) { return error.message.starts_with(cause); });
}

}  // namespace

LoadPusher::LoadPusher(BusAddress address, Limits limits, StopSignals& stop, OnPause on_pause)
    : address_(std::move(address)),
      limits_(limits),
      push_count_(count_of(limits.queue_max)),
      stop_(stop),
      on_pause_(std::move(on_pause)),
      older_{.command = PushCommand(address_.queue, kPushBytes * 2)},
      younger_{.command = PushCommand(address_.queue, kPushBytes * 2)} {}

Status LoadPusher::connect() {
  auto redis = RedisSession::connect(address_.redis, address_.connect_timeout);
  if (!redis) return std::move(redis).error();
  redis_ = *std::move(redis);
  auto length = redis_->command({"LLEN", address_.queue});
  if (!length) return std::move(length).error();
  queue_length_ = length->integer;
  return Done{};
}

void LoadPusher::add(std::string_view envelope, const InputPlace& behind) {
  younger_.command.add(envelope);
  younger_.behind = behind;
}

bool LoadPusher::is_full() const {
  return younger_.command.bytes() >= kPushBytes || younger_.command.count() >= push_count_;
}

Result<LoadPusher::Outcome> LoadPusher::ship() {
  if (younger_.command.is_empty()) return Outcome::kDone;
  auto finished = finish();
  if (!finished || *finished == Outcome::kInterrupted) return finished;
  auto room = find_room();
  if (!room || *room == Outcome::kInterrupted) return room;
  std::swap(older_, younger_);
  return send(older_);
}

Result<LoadPusher::Outcome> LoadPusher::finish() {
  while (!older_.command.is_empty()) {
    if (!awaits_answer_) {
      auto sent = send(older_);
      if (!sent || *sent == Outcome::kInterrupted) return sent;
    }
    auto reply = redis_->read();
    awaits_answer_ = false;
    if (!reply) {
      auto recovered = recover(reply.error());
      if (!recovered || *recovered == Outcome::kInterrupted) return recovered;
      continue;
    }
    queue_length_ = reply->integer;
    requests_ += older_.command.count();
    confirmed_ = older_.behind;
    older_.command.clear();
  }
  return Outcome::kDone;
}

Result<LoadPusher::Outcome> LoadPusher::send(Push& push) {
  for (;;) {
    Status written = redis_->write(push.command.resp());
    if (written) break;
    auto recovered = reconnect(written.error());
    if (!recovered || *recovered == Outcome::kInterrupted) return recovered;
  }
  awaits_answer_ = true;
  return Outcome::kDone;
}

Result<LoadPusher::Outcome> LoadPusher::find_room() {
  const auto is_full = [&] { return limits_.queue_max > 0 && queue_length_ >= limits_.queue_max; };
  if (!is_full()) return Outcome::kDone;
  for (;;) {
    auto length = redis_->command({"LLEN", address_.queue});
    if (!length) {
      auto recovered = recover(length.error());
      if (!recovered || *recovered == Outcome::kInterrupted) return recovered;
      continue;
    }
    queue_length_ = length->integer;
    if (!is_full()) break;
    on_pause_("the queue is full");
    if (!stop_.sleep_ms(kRoomWaitMs)) return Outcome::kInterrupted;
  }
  on_pause_("");
  return Outcome::kDone;
}

Result<LoadPusher::Outcome> LoadPusher::recover(const Error& error) {
  if (redis_->is_broken() || error.message.starts_with("READONLY ")) return reconnect(error);
  if (!is_passing(error)) return error;
  on_pause_(error.message);
  if (!stop_.sleep_ms(kLongestBackOffMs / 3)) return Outcome::kInterrupted;
  on_pause_("");
  return Outcome::kDone;
}

Result<LoadPusher::Outcome> LoadPusher::reconnect(const Error& error) {
  const auto end = steady_clock::now() + limits_.retry;
  Error last = error;
  for (int back_off_ms = kFirstBackOffMs;;
       back_off_ms = std::min(back_off_ms * 2, kLongestBackOffMs)) {
    on_pause_("redis is away: " + last.message);
    if (!stop_.sleep_ms(back_off_ms)) return Outcome::kInterrupted;
    Status connected = connect();
    if (connected) break;
    last = std::move(connected).error();
    if (steady_clock::now() >= end) return last;
  }
  on_pause_("");
  return Outcome::kDone;
}

}  // namespace sqlbus
