#include "daemon/backoff.hpp"

#include <doctest/doctest.h>

namespace sqlbus {

TEST_CASE("the wait doubles up to its cap, and is never less than half of that") {
  using std::chrono::milliseconds;
  Backoff backoff(milliseconds(100), milliseconds(1000));
  for (const int whole : {100, 200, 400, 800, 1000, 1000}) {
    const auto wait = backoff.next();
    CHECK(wait >= milliseconds(whole / 2));
    CHECK(wait <= milliseconds(whole));
  }
  backoff.reset();
  CHECK(backoff.next() <= milliseconds(100));
}

}  // namespace sqlbus
