// The way onto the queue.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client/library/call_status.hpp"
#include "client/library/caller_settings.hpp"
#include "client/library/push_command.hpp"
#include "client/redis_session.hpp"
#include "protocol/clock.hpp"

namespace sqlbus {

// A connection that is made anew where it was lost, and what is known of the queue's length.
// Belongs to the process that made it.
class PushLink {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Borrows the settings.
  explicit PushLink(const CallerSettings& settings);

  CallStatus check_process() const;
  // Looks whether Redis has closed the connection meanwhile, and makes it anew then. It does not
  // look again so soon after a push that the answer would be the same; `now` is the time of the
  // request, where there is one.
  CallStatus connect(EpochTime now = {});
  // Sends it; to be followed by confirm() where that was possible. Nothing is on the queue
  // otherwise.
  CallStatus write(PushCommand& push, EpochTime now = {});
  // Waits for the answer to what was written, by this process.
  CallStatus confirm();
  // The two steps of write() apart: nothing is written where the queue is full.
  CallStatus find_room();
  CallStatus write(std::string_view commands);
  // The answer to a command; `wait` is how long the command itself may take in Redis, which only
  // one with an end may.
  CallStatus read(RedisValue& answer, std::chrono::milliseconds wait = {});
  // As confirm() has it from the answer to a push.
  void learn_length(const RedisValue& answer) { length_ = answer.integer; }
  // Microseconds since 1970, by the clock of Redis.
  CallStatus read_clock(std::int64_t& now_us);
  // Another one for each connection that there was.
  std::uint64_t connection() const { return connection_; }
  TimePoint end() const { return end_; }
  void drop() noexcept { redis_.reset(); }

 private:
  bool has_end() const { return end_ != TimePoint::max(); }
  RedisSession::Timeouts timeouts() const;
  RedisSession::Patience patience(std::chrono::milliseconds wait = {}) const;
  CallStatus log_in();
  CallStatus ask(std::initializer_list<std::string_view> command, RedisValue& answer);
  CallStatus failure_of(Error error, sqlbus_code code_where_lost);

  friend class LinkEnd;

  const CallerSettings& settings_;
  const std::uint64_t fork_count_;
  std::optional<RedisSession> redis_;
  std::uint64_t connection_ = 0;
  TimePoint end_ = TimePoint::max();  // of all that it does
  EpochTime last_write_{};
  std::int64_t length_ = 0;  // of the queue, when it was last heard of
};

// While it lives the link's calls last until `end` at most, on top of the settings' timeouts.
class LinkEnd {
 public:
  LinkEnd(PushLink& link, PushLink::TimePoint end)
      : link_(link), before_(std::exchange(link.end_, end)) {}
  ~LinkEnd() { link_.end_ = before_; }
  LinkEnd(const LinkEnd&) = delete;
  LinkEnd& operator=(const LinkEnd&) = delete;

 private:
  PushLink& link_;
  const PushLink::TimePoint before_;
};

}  // namespace sqlbus
