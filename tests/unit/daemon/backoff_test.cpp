#include "daemon/backoff.hpp"

#include <doctest/doctest.h>

namespace sqlbus {

TEST_CASE("the wait doubles up to its cap, and is never less than half of that") {
  using std::chrono::milliseconds;
  constexpr milliseconds kBase{100};
  constexpr milliseconds kCap{1000};
  Backoff backoff;
  for (const int whole : {100, 200, 400, 800, 1000, 1000}) {
    const auto wait = backoff.next(kBase, kCap);
    CHECK(wait >= milliseconds(whole / 2));
    CHECK(wait <= milliseconds(whole));
  }
  backoff.reset();
  CHECK(backoff.next(kBase, kCap) <= kBase);
}

TEST_CASE("other bounds hold from the next wait on") {
  using std::chrono::milliseconds;
  Backoff backoff;
  for (int i = 0; i < 10; ++i)
    static_cast<void>(backoff.next(milliseconds(100), milliseconds(1000)));
  CHECK(backoff.next(milliseconds(10), milliseconds(20)) <= milliseconds(20));
  CHECK(backoff.next(milliseconds(500), milliseconds(1000)) >= milliseconds(250));
}

}  // namespace sqlbus
