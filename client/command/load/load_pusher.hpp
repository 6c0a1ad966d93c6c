// The way of a load onto the queue.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "client/command/bus_address.hpp"
#include "client/command/load/input.hpp"
#include "client/command/load/stop_signals.hpp"
#include "client/library/push_command.hpp"
#include "client/redis_session.hpp"

namespace sqlbus {

// Two pushes of many envelopes: while Redis works on the older one the younger one is filled, and
// it goes only when the older one was answered. A push that was left unclear is sent again, byte
// for byte: the order stays, and the bus swallows the copies by their UUIDs.
class LoadPusher {
 public:
  struct Limits {
    std::int64_t queue_max = 0;          // 0: none
    std::chrono::milliseconds retry{0};  // how long Redis may be away
  };
  enum class Outcome : std::uint8_t { kDone, kInterrupted };
  // Told why nothing goes on; an empty text: it does.
  using OnPause = std::function<void(const std::string& why)>;

  // Borrows the signals.
  LoadPusher(BusAddress address, Limits limits, StopSignals& stop, OnPause on_pause);

  Status connect();
  // The place is the one behind the envelope.
  void add(std::string_view envelope, const InputPlace& behind);
  bool is_full() const;
  // Sends what was added, once there is room and the push before it is on the queue. The error is
  // one that does not pass by itself, or Redis was away for too long.
  Result<Outcome> ship();
  // Waits until all that was shipped is on the queue.
  Result<Outcome> finish();

  // Everything before it is on the queue.
  const InputPlace& confirmed() const { return confirmed_; }
  void begin_at(const InputPlace& place) { confirmed_ = place; }
  std::uint64_t requests() const { return requests_; }  // of this run, on the queue
  std::int64_t queue_length() const { return queue_length_; }

 private:
  struct Push {
    PushCommand command;
    InputPlace behind{};
  };

  Result<Outcome> find_room();
  Result<Outcome> send(Push& push);
  // What to do about a failure: wait and try again (kDone), or not.
  Result<Outcome> recover(const Error& error);
  Result<Outcome> reconnect(const Error& error);

  BusAddress address_;
  Limits limits_;
  const std::size_t push_count_;
  StopSignals& stop_;
  OnPause on_pause_;
  std::optional<RedisSession> redis_;
  Push older_;
  Push younger_;
  bool awaits_answer_ = false;  // to the older one
  InputPlace confirmed_;
  std::uint64_t requests_ = 0;
  std::int64_t queue_length_ = 0;
};

}  // namespace sqlbus
