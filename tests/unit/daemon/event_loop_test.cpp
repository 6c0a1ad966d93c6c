#include "daemon/loop/event_loop.hpp"

#include <doctest/doctest.h>
#include <unistd.h>
#include <csignal>

#include <array>
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

TEST_CASE("a watch that has stopped leaves the number of its socket to whoever has it next") {
  EventLoop loop;
  std::array<int, 2> first{};
  std::array<int, 2> next{};
  REQUIRE(pipe(first.data()) == 0);
  REQUIRE(pipe(next.data()) == 0);
  const UniqueFd first_writer(first[1]);
  const UniqueFd next_writer(next[1]);
  auto stopped = std::make_unique<SocketWatch>(loop, [] { FAIL("nothing of its own to read"); });
  REQUIRE(stopped->start(first[0]));
  stopped->stop();
  const UniqueFd reader(dup2(next[0], first[0]));
  close(next[0]);

  int count = 0;
  SocketWatch watch(loop, [&] {
    ++count;
    loop.stop();
  });
  REQUIRE(watch.start(reader.get()));
  stopped.reset();
  CHECK(write(next_writer.get(), "x", 1) == 1);
  loop.run();
  CHECK(count == 1);
  loop.run();
  CHECK(count == 2);  // what has not been read is told again
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
