#include "daemon/lane/deadline_watch.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

namespace sqlbus {
namespace {

using std::chrono::milliseconds;

// Counts the cancels, and tells the first.
struct Cancels {
  std::atomic<int> count{0};
  std::promise<void> first;
  DeadlineWatch watch{[this] {
    if (count++ == 0) first.set_value();
  }};
  BusClock clock;
};

}  // namespace

TEST_CASE("a statement that is still running at its DEADLINE is cancelled, again and again") {
  Cancels cancels;
  const DeadlineWatch::Guard guard(cancels.watch, cancels.clock.now() + milliseconds(20),
                                   cancels.clock);
  REQUIRE(cancels.first.get_future().wait_for(std::chrono::seconds(10)) ==
          std::future_status::ready);
  while (cancels.count < 3) std::this_thread::yield();
}

TEST_CASE("one that is done in time is not, nor one without DEADLINE") {
  Cancels cancels;
  for (int i = 0; i < 100; ++i) {
    const DeadlineWatch::Guard late(cancels.watch, cancels.clock.now() + std::chrono::hours(1),
                                    cancels.clock);
    const DeadlineWatch::Guard far(cancels.watch, EpochTime::max(), cancels.clock);
    const DeadlineWatch::Guard none(cancels.watch, std::nullopt, cancels.clock);
  }
  CHECK(cancels.count == 0);
}

TEST_CASE("a DEADLINE that has passed cancels at once") {
  Cancels cancels;
  const DeadlineWatch::Guard guard(cancels.watch, cancels.clock.now() - milliseconds(1),
                                   cancels.clock);
  CHECK(cancels.first.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
}

}  // namespace sqlbus
