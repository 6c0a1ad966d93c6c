#include "daemon/config/time_of_day.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

namespace sqlbus {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

// A zone of one's own, while it lives.
class Zone {
 public:
  explicit Zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~Zone() {
    unsetenv("TZ");
    tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
};

system_clock::time_point at(std::time_t second) { return system_clock::from_time_t(second); }

TEST_CASE("a time of day has hours, minutes and perhaps seconds") {
  CHECK(parse_time_of_day("23:59:59") == seconds(86399));
  CHECK(parse_time_of_day("00:00") == seconds(0));
  CHECK(parse_time_of_day("6:05") == seconds(6 * 3600 + 5 * 60));
  for (const char* const text : {"", "6", "24:00", "12:60", "12:00:60", "1:2:3:4", "-1:00", "a:b",
                                 "12:", ":12", "012:00", "12:00 ", "0 0 * * *"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time_of_day(text));
  }
}

TEST_CASE("the next one is later today or else tomorrow, never now") {
  const Zone zone("UTC");
  const std::time_t midnight = 1'795'219'200;  // 2026-11-21
  CHECK(next_time_of_day(at(midnight), seconds(3600)) == at(midnight + 3600));
  CHECK(next_time_of_day(at(midnight + 3599), seconds(3600)) == at(midnight + 3600));
  CHECK(next_time_of_day(at(midnight + 3600), seconds(3600)) == at(midnight + 86400 + 3600));
  CHECK(next_time_of_day(at(midnight + 7200), seconds(3600)) == at(midnight + 86400 + 3600));
}

TEST_CASE("it is the local clock that shows it, on days of 23 and of 25 hours too") {
  const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  const std::time_t summer = 1'774'746'000;  // 2026-03-29 02:00 CET, when the clock is put forward
  CHECK(next_time_of_day(at(summer - 3600), seconds(4 * 3600)) == at(summer + 3600));
  const std::time_t winter = 1'792'890'000;  // 2026-10-25 03:00 CEST, when it is put back
  CHECK(next_time_of_day(at(winter - 3 * 3600), seconds(4 * 3600)) == at(winter + 2 * 3600));
}

}  // namespace
}  // namespace sqlbus
