#include "protocol/clock.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace sqlbus {
namespace {

EpochTime at_micros(std::int64_t micros) { return EpochTime(std::chrono::microseconds(micros)); }

constexpr std::int64_t kYear1 = -62'135'596'800'000'000;
constexpr std::int64_t kYear9999 = 253'402'300'799'999'999;

}  // namespace

TEST_CASE("seconds become the nearest microsecond, and come back") {
  CHECK(from_epoch_seconds(0) == at_micros(0));
  CHECK(from_epoch_seconds(1700000000.123456) == at_micros(1700000000123456));
  CHECK(from_epoch_seconds(-1.5) == at_micros(-1500000));
  CHECK(from_epoch_seconds(0.0000004) == at_micros(0));
  CHECK(from_epoch_seconds(0.0000006) == at_micros(1));
  CHECK(to_epoch_seconds(at_micros(1700000000123456)) == doctest::Approx(1700000000.123456));
}

TEST_CASE("numbers beyond the years 1 to 9999 end at the nearest moment") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(from_epoch_seconds(1e300) == at_micros(kYear9999));
  CHECK(from_epoch_seconds(kInfinity) == at_micros(kYear9999));
  CHECK(from_epoch_seconds(-1e300) == at_micros(kYear1));
  CHECK(from_epoch_seconds(-kInfinity) == at_micros(kYear1));
  CHECK(from_epoch_seconds(std::numeric_limits<double>::quiet_NaN()) == at_micros(0));
  CHECK(from_epoch_text("253402300800") == at_micros(kYear9999));
  CHECK(from_epoch_text("999999999999") == at_micros(kYear9999));
  CHECK(from_epoch_text("9999999999999") == at_micros(kYear9999));
  CHECK(from_epoch_text("-999999999999.9") == at_micros(kYear1));
}

TEST_CASE("the text of a number is read to the microsecond") {
  const struct {
    std::string_view text;
    std::int64_t micros;
  } cases[] = {
      {"0", 0},
      {"-0", 0},
      {"1", 1000000},
      {"1700000000.000001", 1700000000000001},
      {"1700000000.1", 1700000000100000},
      {"1700000000.1234564", 1700000000123456},
      {"1700000000.1234565", 1700000000123457},
      {"0.9999999", 1000000},
      {"-0.000001", -1},
      {"-1.5", -1500000},
      {"1.7e9", 1700000000000000},
      {"17E8", 1700000000000000},
      {"1e-7", 0},
      {"253402300799.999999", kYear9999},
      {"250000000000.000001", 250000000000000001},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CHECK(from_epoch_text(c.text) == at_micros(c.micros));
  }
}

TEST_CASE("a moment's text is the shortest that gives it back") {
  const struct {
    std::int64_t micros;
    std::string_view text;
  } cases[] = {
      {0, "0"},
      {1000000, "1"},
      {1700000000100000, "1700000000.1"},
      {1700000000000001, "1700000000.000001"},
      {-1, "-0.000001"},
      {-1500000, "-1.5"},
      {-2000000, "-2"},
      {kYear9999, "253402300799.999999"},
      {kYear1, "-62135596800"},
  };
  for (const auto& c : cases) {
    CHECK(to_epoch_text(at_micros(c.micros)) == c.text);
    CHECK(from_epoch_text(c.text) == at_micros(c.micros));
  }
}

}  // namespace sqlbus
