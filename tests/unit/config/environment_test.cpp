#include "daemon/config/environment.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace sqlbus {
namespace {

TEST_CASE("variables of the environment are put into values") {
  setenv("SQLBUS_TEST_A", "one", 1);
  setenv("SQLBUS_TEST_B", "${SQLBUS_TEST_A} $${", 1);
  setenv("SQLBUS_TEST_EMPTY", "", 1);
  struct Case {
    std::string value;
    std::string expanded;
  };
  const Case cases[] = {
      {"", ""},
      {"plain $5 $x $ {x}", "plain $5 $x $ {x}"},
      {"${SQLBUS_TEST_A}", "one"},
      {"<${SQLBUS_TEST_A}${SQLBUS_TEST_A}>", "<oneone>"},
      {"a${SQLBUS_TEST_EMPTY}b", "ab"},
      {"$${SQLBUS_TEST_A}", "${SQLBUS_TEST_A}"},
      {"$$${SQLBUS_TEST_A}", "$${SQLBUS_TEST_A}"},
      {"$${", "${"},
      {"${SQLBUS_TEST_B}", "${SQLBUS_TEST_A} $${"},  // what came from outside is not read again
  };
  for (const Case& each : cases) {
    CAPTURE(each.value);
    const Result<std::string> expanded = expand_environment(each.value);
    REQUIRE(expanded);
    CHECK(*expanded == each.expanded);
  }
}

TEST_CASE("a variable that is not set is a fault that does not tell the value") {
  unsetenv("SQLBUS_TEST_NONE");
  for (const char* value : {"${SQLBUS_TEST_NONE}", "a ${SQLBUS_TEST_NONE", "${}", "x${SQLBUS_"}) {
    CAPTURE(value);
    const Result<std::string> expanded = expand_environment(value);
    REQUIRE_FALSE(expanded);
    CHECK(expanded.error().message.find("SQLBUS_") == std::string::npos);
  }
}

}  // namespace
}  // namespace sqlbus
