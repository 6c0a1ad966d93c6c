// Sends the delayed requests of one queue on when their moment has come. Loop thread.
#pragma once

#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/queue_store.hpp"

namespace sqlbus {

class DelayFeed {
 public:
  DelayFeed(EventLoop& loop, QueueStore& store) : store_(store), timer_(loop, [this] { look(); }) {}

  // Promotes what is due and sets the timer for the next. To be called when the queue becomes ours
  // and when something was delayed.
  void look() {
    if (!store_.is_up()) return;
    store_.promote([this](std::pair<std::int64_t, std::int64_t> answer) {
      const auto [promoted, next_ms] = answer;
      if (promoted < 0) return timer_.start(kLongest);
      if (next_ms < 0) return timer_.stop();
      timer_.start(promoted > 0 ? milliseconds(0) : std::min(milliseconds(next_ms), kLongest));
    });
  }
  void stop() { timer_.stop(); }

 private:
  // The clock of Redis may be set while we wait.
  static constexpr milliseconds kLongest{10000};

  QueueStore& store_;
  Timer timer_;
};

}  // namespace sqlbus
