#include "daemon/lane/mailbox.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

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

namespace {

// Borrows as soon as the receiver waits.
void borrow(Mailbox<int>& box) {
  while (!box.try_borrow()) std::this_thread::yield();
}

}  // namespace

TEST_CASE("only a receiver that waits in lend() can be stood in for, and by one") {
  Mailbox<int> box;
  CHECK_FALSE(box.try_borrow());
  std::thread receiver(
      [&] { CHECK(box.lend(std::chrono::steady_clock::time_point::max()) == std::vector{1}); });
  borrow(box);
  CHECK_FALSE(box.try_borrow());
  box.give_back();
  borrow(box);
  box.give_back();
  box.put_all({1});
  receiver.join();
  CHECK_FALSE(box.try_borrow());
}

TEST_CASE("what comes while a receiver is stood in for waits, behind what is given back") {
  Mailbox<int> box;
  std::atomic<bool> is_back{false};
  std::thread receiver([&] {
    const auto values = box.lend(std::chrono::steady_clock::time_point::max());
    CHECK(is_back);
    CHECK(values == std::vector{1, 2, 3});
  });
  borrow(box);
  box.put_all({2, 3});
  is_back = true;
  box.give_back(1);
  receiver.join();
}

TEST_CASE("neither its time nor the end comes to a receiver before what it lent is back") {
  using Clock = std::chrono::steady_clock;
  Mailbox<int> box;
  std::atomic<bool> is_lent{false};
  std::thread receiver([&] {
    while (!box.is_closed()) {
      CHECK(box.lend(Clock::now() + std::chrono::milliseconds(5)).empty());
      CHECK_FALSE(is_lent);
    }
  });
  for (const bool closes : {false, true}) {
    borrow(box);
    is_lent = true;
    if (closes) box.close();
    const auto later = Clock::now() + std::chrono::milliseconds(20);
    while (Clock::now() < later) std::this_thread::yield();
    is_lent = false;
    box.give_back();
  }
  receiver.join();
}

}  // namespace sqlbus
