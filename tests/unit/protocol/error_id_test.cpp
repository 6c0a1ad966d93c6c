#include "protocol/error_id.hpp"

#include <doctest/doctest.h>

#include <iterator>

namespace sqlbus {

TEST_CASE("the error table is the protocol's, with both fates") {
  constexpr bool kYes = true;
  constexpr bool kNo = false;
  const struct {
    int id;
    std::string_view name;
    bool sync_answered, sync_dead, async_dead;
  } cases[] = {
      {0, "OK", kYes, kNo, kNo},
      {100, "NOT_FOUND", kYes, kNo, kNo},
      {-1, "EXECUTION_FAILED", kYes, kNo, kYes},
      {1001, "MALFORMED_JSON", kNo, kYes, kYes},
      {1002, "INVALID_FIELD", kYes, kYes, kYes},
      {1003, "TOO_LARGE", kYes, kYes, kYes},
      {1101, "UNAUTHENTICATED", kNo, kNo, kNo},
      {1102, "FORBIDDEN", kNo, kNo, kNo},
      {1201, "UNKNOWN_DATABASE", kYes, kYes, kYes},
      {1202, "DATABASE_UNAVAILABLE", kYes, kNo, kNo},
      {1301, "EXPIRED", kYes, kNo, kNo},
      {1302, "CANCELLED", kYes, kNo, kYes},
      {1303, "REPLY_TOO_LARGE", kYes, kNo, kNo},
      {1304, "STATEMENT_REFUSED", kYes, kYes, kYes},
      {1305, "UUID_REUSED", kYes, kYes, kYes},
      {1401, "RETRIES_EXHAUSTED", kYes, kNo, kYes},
      {1402, "DELIVERIES_EXHAUSTED", kYes, kYes, kYes},
  };
  REQUIRE(error_table().size() == std::size(cases));
  std::size_t i = 0;
  for (const auto& c : cases) {
    const ErrorRow& row = error_table()[i++];
    CAPTURE(c.name);
    CHECK(static_cast<int>(row.id) == c.id);
    CHECK(row.name == c.name);
    CHECK_FALSE(row.meaning.empty());
    CHECK(fate_of(row.id, true).answered == c.sync_answered);
    CHECK(fate_of(row.id, true).dead == c.sync_dead);
    CHECK_FALSE(fate_of(row.id, false).answered);
    CHECK(fate_of(row.id, false).dead == c.async_dead);
    CHECK(error_row(row.id).name == c.name);
  }
}

TEST_CASE("a number that only a newer version knows has a row to show") {
  CHECK(error_row(static_cast<ErrorId>(1999)).name == "UNKNOWN");
}

}  // namespace sqlbus
