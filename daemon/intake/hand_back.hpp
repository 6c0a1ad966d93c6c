// Gives a queue back to Redis: all that is in flight of it, in its order, and the ownership. Where
// Redis refuses (it is full, or a key of the queue is of a wrong type) it is asked again, ever more
// rarely, and nobody else on the connection notices. Whoever takes the queue over meanwhile, when
// the lease has run out, gets what was in flight: then nothing is left to give back. Loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "daemon/backoff.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/queue_store.hpp"

namespace sqlbus {

class HandBack {
 public:
  HandBack(EventLoop& loop, QueueStore& store, const LimitSettings& limits, Log& log);

  // Only while Redis is there; begins anew where an answer was lost. on_accepted is called once.
  void start(std::function<void()> on_accepted);
  void control_down();

 private:
  void ask();
  void refused(const std::string& reason);

  QueueStore& store_;
  const LimitSettings& limits_;
  Log& log_;
  std::function<void()> on_accepted_;
  bool is_asking_ = false;
  std::string logged_reason_;
  Backoff backoff_;
  Timer retry_;
};

}  // namespace sqlbus
