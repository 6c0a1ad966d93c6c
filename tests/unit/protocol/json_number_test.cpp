#include "protocol/json_number.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace sqlbus {

TEST_CASE("the grammar of a JSON number") {
  for (const std::string_view text : {"0", "-0", "7", "-17", "1.5", "0.0", "1e3", "1E+3", "1.5e-3",
                                      "0e0", "123456789012345678901234567890"}) {
    CAPTURE(text);
    CHECK(is_json_number(text));
  }
  for (const std::string_view text : {"", "-", "+1", "01", "-01", ".5", "5.", "1.e3", "1e", "1e+",
                                      "0x10", "NaN", "inf", " 1", "1 ", "1,5", "--1", "1.5.2"}) {
    CAPTURE(text);
    CHECK_FALSE(is_json_number(text));
  }
}

TEST_CASE("integers are exact to both ends of 64 bits, and nothing beyond") {
  using Limits = std::numeric_limits<std::int64_t>;
  CHECK(to_int64("9223372036854775807") == Limits::max());
  CHECK(to_int64("-9223372036854775808") == Limits::min());
  CHECK(to_int64("-0") == 0);
  for (const std::string_view text :
       {"9223372036854775808", "-9223372036854775809", "", "-", "1.0", "1e3", "1 ", "+1", "x"}) {
    CAPTURE(text);
    CHECK_FALSE(to_int64(text).has_value());
  }
}

TEST_CASE("a double is what fits one") {
  CHECK(to_double("1.5") == 1.5);
  CHECK(to_double("-1e300") == -1e300);
  CHECK_FALSE(to_double("1e400").has_value());
  CHECK_FALSE(to_double("").has_value());
  CHECK_FALSE(to_double("1x").has_value());
}

}  // namespace sqlbus
