// Envelopes that go to Redis together.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "client/library/call_status.hpp"
#include "client/library/caller_settings.hpp"
#include "client/library/push_command.hpp"
#include "client/library/push_link.hpp"
#include "protocol/clock.hpp"

namespace sqlbus {

// Two pushes: while Redis works on the older one the younger one grows. The older one is kept until
// Redis has answered, so that it can be sent again; the younger one never goes before that, so that
// the order stays.
//
//            is due                            confirmed
//   younger ───────> older, sent ─────────────────────────> gone
//                      ^      │ lost, refused, queue full
//                      └──────┘ the next flush sends it again
class PushBuffer {
 public:
  // Borrows the link.
  PushBuffer(const CallerSettings& settings, PushLink& link);

  // What keeps it from taking more.
  const CallStatus& failure() const { return failure_; }
  // Only where there is no failure. Throws where memory is short; it then holds what it held.
  // `now` is the time by the system's clock.
  void add(std::string_view envelope, EpochTime now);
  CallStatus flush();
  // Leaves the connection free for other commands.
  void await_answer();
  void discard();
  // An answer that is awaited will not come: the link was dropped.
  void lose_answer() noexcept { awaits_answer_ = false; }

  std::size_t count() const { return older_.count() + younger_.count(); }
  // Envelopes that Redis took since this was asked last.
  std::size_t take_accepted() { return std::exchange(accepted_, 0); }

 private:
  bool is_due(EpochTime now) const;
  void ship() noexcept;
  CallStatus send_younger();
  CallStatus finish_older();

  const BufferLimits limits_;
  PushLink& link_;
  PushCommand older_;
  PushCommand younger_;
  bool awaits_answer_ = false;  // to older_
  EpochTime oldest_{};          // when the first of younger_ came
  std::size_t accepted_ = 0;
  CallStatus failure_;
};

}  // namespace sqlbus
