#include "client/library/push_link.hpp"

#include <chrono>
#include <utility>

#include "protocol/fork_count.hpp"
#include "protocol/json_number.hpp"

namespace sqlbus {

namespace {

constexpr std::chrono::milliseconds kFresh{1};

}  // namespace

PushLink::PushLink(const CallerSettings& settings)
    : settings_(settings), fork_count_(fork_count()) {}

// A connection that a child of fork() shares would mix two callers' answers.
CallStatus PushLink::check_process() const {
  if (fork_count() == fork_count_) return {};
  return {SQLBUS_E_ARGUMENT, "the handle belongs to another process"};
}

CallStatus PushLink::connect(EpochTime now) {
  if (CallStatus status = check_process(); !status.ok()) return status;
  const bool is_fresh = now != EpochTime{} && now >= last_write_ && now - last_write_ < kFresh;
  if (redis_ && (is_fresh || redis_->is_alive())) return {};
  redis_.reset();
  auto redis = RedisSession::connect(settings_.redis, settings_.timeouts);
  if (!redis) return {SQLBUS_E_CONNECT, std::move(redis).error().message};
  redis_ = *std::move(redis);
  return {};
}

CallStatus PushLink::write(PushCommand& push, EpochTime now) {
  if (CallStatus status = connect(now); !status.ok()) return status;
  last_write_ = now;
  if (CallStatus status = find_room(); !status.ok()) return status;
  Status written = redis_->write(push.resp());
  if (!written) return failure_of(std::move(written).error(), SQLBUS_E_CONNECT);
  return {};
}

CallStatus PushLink::confirm() {
  auto reply = redis_->read();
  if (!reply) return failure_of(std::move(reply).error(), SQLBUS_E_UNCLEAR);
  length_ = reply->integer;
  return {};
}

// Only where the queue was full when it was last heard of is it asked.
CallStatus PushLink::find_room() {
  const auto is_full = [&] {
    return settings_.queue_max != 0 && length_ >= 0 &&
           static_cast<std::uint64_t>(length_) >= settings_.queue_max;
  };
  if (!is_full()) return {};
  auto reply = redis_->command({"LLEN", settings_.queue});
  if (!reply) return failure_of(std::move(reply).error(), SQLBUS_E_CONNECT);
  length_ = reply->integer;
  if (!is_full()) return {};
  return {SQLBUS_E_FULL, "queue " + settings_.queue + ": " + std::to_string(length_) +
                             " requests wait, queue_max is " + std::to_string(settings_.queue_max)};
}

CallStatus PushLink::read_clock(std::int64_t& now_us) {
  if (CallStatus status = connect(); !status.ok()) return status;
  auto reply = redis_->command({"TIME"});
  if (!reply) return failure_of(std::move(reply).error(), SQLBUS_E_CONNECT);
  const auto seconds = to_int64((*reply)[0].text);
  const auto rest_us = to_int64((*reply)[1].text);
  if (!seconds || !rest_us) return {SQLBUS_E_REFUSED, "TIME: not two numbers"};
  now_us = *seconds * std::chrono::microseconds(std::chrono::seconds{1}).count() + *rest_us;
  return {};
}

CallStatus PushLink::failure_of(Error error, sqlbus_code code_where_lost) {
  const bool is_lost = redis_->is_broken();
  if (is_lost) redis_.reset();
  return {is_lost ? code_where_lost : SQLBUS_E_REFUSED,
          std::move(error).within("redis " + describe(settings_.redis)).message};
}

}  // namespace sqlbus
