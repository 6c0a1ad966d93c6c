// Looks slowly, with SCAN, for batches that no take-over has given back: a dead owner's pop that
// Redis still carried out, a set of batches that was lost. Loop thread.
#pragma once

#include <string>

#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/queue_store.hpp"

namespace sqlbus {

class StrayWatch {
 public:
  StrayWatch(EventLoop& loop, QueueStore& store, Log& log);

  // While the queue is ours.
  void start();
  void stop() { timer_.stop(); }

 private:
  void step();

  QueueStore& store_;
  Log& log_;
  std::string cursor_ = "0";
  Timer timer_;
};

}  // namespace sqlbus
