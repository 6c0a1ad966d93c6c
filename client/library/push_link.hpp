// The way onto the queue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
  // Microseconds since 1970, by the clock of Redis.
  CallStatus read_clock(std::int64_t& now_us);
  void drop() noexcept { redis_.reset(); }

 private:
  CallStatus find_room();
  CallStatus failure_of(Error error, sqlbus_code code_where_lost);

  const CallerSettings& settings_;
  const std::uint64_t fork_count_;
  std::optional<RedisSession> redis_;
  EpochTime last_write_{};
  std::int64_t length_ = 0;  // of the queue, when it was last heard of
};

}  // namespace sqlbus
