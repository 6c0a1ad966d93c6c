#include "daemon/loop/event_loop.hpp"

#include <doctest/doctest.h>
#include <csignal>

#include <memory>
#include <thread>

namespace sqlbus {

using std::chrono::milliseconds;

TEST_CASE("timers fire once or again and again, and may be destroyed in their own callback") {
  EventLoop loop;
  int periodic_count = 0;
  std::unique_ptr<Timer> once;
  Timer periodic(loop, [&] {
    if (++periodic_count == 3) loop.stop();
  });
  bool has_fired = false;
  once = std::make_unique<Timer>(loop, [&] {
    has_fired = true;
    once.reset();
  });
  once->start(milliseconds(1));
  periodic.start_every(milliseconds(5));
  loop.run();
  CHECK(has_fired);
  CHECK(periodic_count == 3);
  CHECK(periodic.is_active());
  periodic.stop();
  CHECK_FALSE(periodic.is_active());
}

TEST_CASE("another thread wakes the loop") {
  EventLoop loop;
  int woken = 0;
  Wakeup wakeup(loop, [&] {
    ++woken;
    loop.stop();
  });
  std::thread other([&] { wakeup.notify(); });
  loop.run();
  other.join();
  CHECK(woken == 1);
}

TEST_CASE("a signal reaches its watcher") {
  EventLoop loop;
  int count = 0;
  const SignalWatcher watcher(loop, SIGUSR2, [&] {
    ++count;
    loop.stop();
  });
  raise(SIGUSR2);
  loop.run();
  CHECK(count == 1);
}

}  // namespace sqlbus
