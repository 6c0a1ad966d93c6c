#include "protocol/member_names.hpp"

#include <doctest/doctest.h>

#include <array>

namespace sqlbus {
namespace {

constexpr std::array<std::string_view, 3> kKnown = {"UUID", "APP", "MAX_ROWS"};

}  // namespace

TEST_CASE("known names are found in any case and any order") {
  MemberNames names(kKnown);
  CHECK(names.take("max_rows") == 2);
  CHECK(names.take("Uuid") == 0);
  CHECK(names.take("APP") == 1);
  CHECK_FALSE(names.is_repeated());
  CHECK(names.known(1) == "APP");
  for (const std::string_view name : {"", "APP ", "UUIDS", "MAX-ROWS"}) {
    CHECK(names.take(name) == MemberNames::kUnknown);
  }
  CHECK(names.unknown_count() == 4);
  CHECK_FALSE(names.repeated_unknown().has_value());
}

TEST_CASE("a known name that comes again is told at once") {
  MemberNames names(kKnown);
  names.take("APP");
  names.take("app");
  CHECK(names.is_repeated());
  names.take("UUID");
  CHECK_FALSE(names.is_repeated());
}

TEST_CASE("an unknown name that comes again is told at the end") {
  MemberNames names(kKnown);
  for (const std::string_view name : {"x", "Note", "y", "nOTE"}) names.take(name);
  CHECK_FALSE(names.is_repeated());
  CHECK(names.repeated_unknown() == "note");
}

TEST_CASE("case is a matter of ASCII letters") {
  CHECK(equals_ignoring_case("Sql_1", "sQL_1"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));
  CHECK_FALSE(equals_ignoring_case("\xC3\xA4", "\xC3\x84"));
}

}  // namespace sqlbus
