#include "daemon/lane/mailbox.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace sqlbus {

TEST_CASE("a mailbox hands over everything in order, across threads") {
  constexpr int kCount = 10000;
  Mailbox<int> box;
  std::thread sender([&] {
    for (int i = 0; i < kCount; ++i) box.put(i);
  });
  int next = 0;
  bool is_ordered = true;
  while (next < kCount) {
    for (const int value : box.wait(std::chrono::steady_clock::time_point::max())) {
      is_ordered = is_ordered && value == next++;
    }
  }
  sender.join();
  CHECK(is_ordered);
  CHECK(box.take().empty());
}

TEST_CASE("closing wakes a waiting receiver and keeps what has come") {
  Mailbox<int> box;
  box.put_all({1, 2});
  std::thread closer([&] { box.close(); });
  closer.join();
  CHECK(box.is_closed());
  CHECK(box.wait(std::chrono::steady_clock::time_point::max()).size() == 2);
  CHECK(box.wait(std::chrono::steady_clock::time_point::max()).empty());
}

TEST_CASE("a wait ends at its time") {
  Mailbox<int> box;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  CHECK(box.wait(until).empty());
  CHECK(std::chrono::steady_clock::now() >= until);
}

}  // namespace sqlbus
