#include "client/command/duration.hpp"

#include <doctest/doctest.h>

using sqlbus::parse_duration;
using std::chrono::milliseconds;

TEST_CASE("a duration has a number and a unit") {
  CHECK(parse_duration("500ms") == milliseconds{500});
  CHECK(parse_duration("30s") == milliseconds{30'000});
  CHECK(parse_duration("5m") == milliseconds{300'000});
  CHECK(parse_duration("1h") == milliseconds{3'600'000});
  CHECK(parse_duration("2147483647h") == std::chrono::hours{2147483647});
}

TEST_CASE("what is no duration is refused") {
  for (const char* text : {"", "s", "30", "0s", "-1s", "1.5s", "30 s", "30sec", "2147483648s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}
