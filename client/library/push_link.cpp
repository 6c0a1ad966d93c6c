#include "client/library/push_link.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "client/resp.hpp"
#include "protocol/fork_count.hpp"
#include "protocol/json_number.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFresh{1};

// Of a server that loads its data, is a replica just now, or let a blocked client go.
bool is_passing_refusal(std::string_view text) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"LOADING", "READONLY", "MASTERDOWN", "UNBLOCKED", "CLUSTERDOWN", "TRYAGAIN"});
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

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
  auto redis = RedisSession::open(settings_.redis, timeouts());
  if (!redis) {
    return {.code = SQLBUS_E_CONNECT, .text = std::move(redis).error().message, .is_passing = true};
  }
  redis_ = *std::move(redis);
  ++connection_;
  return log_in();
}

CallStatus PushLink::log_in() {
  Status logged_in = redis_->log_in(settings_.redis);
  if (logged_in) {
    redis_->set_answer_timeout(settings_.timeouts.answer);
    return {};
  }
  CallStatus status = failure_of(std::move(logged_in).error(), SQLBUS_E_CONNECT);
  status.code = SQLBUS_E_CONNECT;
  redis_.reset();
  return status;
}

CallStatus PushLink::write(PushCommand& push, EpochTime now) {
  if (CallStatus status = connect(now); !status.ok()) return status;
  last_write_ = now;
  if (CallStatus status = find_room(); !status.ok()) return status;
  return write(push.resp());
}

CallStatus PushLink::write(std::string_view commands) {
  Status written = has_end() ? redis_->write(commands, patience()) : redis_->write(commands);
  if (!written) return failure_of(std::move(written).error(), SQLBUS_E_CONNECT);
  return {};
}

CallStatus PushLink::read(RedisValue& answer, milliseconds wait) {
  // What has no end is read without a look at the clock.
  auto reply = has_end() ? redis_->read(patience(wait)) : redis_->read();
  if (!reply) return failure_of(std::move(reply).error(), SQLBUS_E_UNCLEAR);
  answer = *std::move(reply);
  return {};
}

CallStatus PushLink::confirm() {
  RedisValue answer;
  if (CallStatus status = read(answer); !status.ok()) return status;
  learn_length(answer);
  return {};
}

// Only where the queue was full when it was last heard of is it asked.
CallStatus PushLink::find_room() {
  const auto is_full = [&] {
    return settings_.queue_max != 0 && length_ >= 0 &&
           static_cast<std::uint64_t>(length_) >= settings_.queue_max;
  };
  if (!is_full()) return {};
  RedisValue answer;
  CallStatus asked = ask({"LLEN", settings_.queue}, answer);
  if (!asked.ok()) return asked;
  learn_length(answer);
  if (!is_full()) return {};
  return {SQLBUS_E_FULL, "queue " + settings_.queue + ": " + std::to_string(length_) +
                             " requests wait, queue_max is " + std::to_string(settings_.queue_max)};
}

CallStatus PushLink::read_clock(std::int64_t& now_us) {
  if (CallStatus status = connect(); !status.ok()) return status;
  RedisValue answer;
  if (CallStatus status = ask({"TIME"}, answer); !status.ok()) return status;
  const auto seconds = to_int64(answer[0].text);
  const auto rest_us = to_int64(answer[1].text);
  if (!seconds || !rest_us) return {SQLBUS_E_REFUSED, "TIME: not two numbers"};
  now_us = *seconds * std::chrono::microseconds(std::chrono::seconds{1}).count() + *rest_us;
  return {};
}

// A command of our own: where it is lost nothing has happened to any request.
CallStatus PushLink::ask(std::initializer_list<std::string_view> command, RedisValue& answer) {
  std::string resp;
  append_resp(resp, std::span(command.begin(), command.size()));
  CallStatus status = write(resp);
  if (status.ok()) status = read(answer);
  if (status.code == SQLBUS_E_UNCLEAR) status.code = SQLBUS_E_CONNECT;
  return status;
}

RedisSession::Timeouts PushLink::timeouts() const {
  // Never 0, which would be for ever.
  const auto left = std::max(std::chrono::ceil<milliseconds>(end_ - steady_clock::now()), kFresh);
  return {.connect = std::min(settings_.timeouts.connect, left),
          .answer = std::min(settings_.timeouts.answer, left)};
}

RedisSession::Patience PushLink::patience(milliseconds wait) const {
  return {.end = end_, .silence = settings_.timeouts.answer + wait};
}

CallStatus PushLink::failure_of(Error error, sqlbus_code code_where_lost) {
  const bool is_lost = redis_->is_broken();
  const bool is_passing = is_lost || is_passing_refusal(error.message);
  if (is_lost) redis_.reset();
  return {.code = is_lost ? code_where_lost : SQLBUS_E_REFUSED,
          .text = std::move(error).within("redis " + describe(settings_.redis)).message,
          .is_passing = is_passing};
}

}  // namespace sqlbus
