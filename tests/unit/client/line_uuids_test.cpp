#include "client/command/load/line_uuids.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "protocol/ledger_entry.hpp"

using sqlbus::LineUuids;

namespace {

std::string uuid(const LineUuids& uuids, std::uint64_t line, std::string_view content) {
  std::string text;
  uuids.append(text, line, content);
  return text;
}

}  // namespace

// Who loads a file again with a newer command counts on it.
TEST_CASE("a line has the same UUID for ever") {
  CHECK(uuid(LineUuids("orders.sql", ""), 1, "select 1") == "7a1a589e-0000-8000-8000-702e1c66e303");
  CHECK(uuid(LineUuids("orders.csv", "insert into t values ($1)"), 300'000'000'001, "7") ==
        "9c6966e3-045d-8964-ae00-6bafc169b046");
}

TEST_CASE("UUIDs of lines are of version 8, and the ledger keeps them in 17 bytes") {
  const LineUuids uuids("a", "");
  for (std::uint64_t line = 1; line < 5000; line = line * 3 + 1) {
    const auto text = uuid(uuids, line, "x");
    REQUIRE(text.size() == 36);
    CHECK(text[14] == '8');
    CHECK(std::string_view("89ab").find(text[19]) != std::string_view::npos);
    CHECK(sqlbus::ledger_id_of(text).size() == 17);
  }
}

TEST_CASE("name, number, content and what is made of it tell lines apart") {
  const auto one = uuid(LineUuids("a", ""), 1, "x");
  CHECK(one == uuid(LineUuids("a", ""), 1, "x"));
  CHECK(one != uuid(LineUuids("b", ""), 1, "x"));
  CHECK(one != uuid(LineUuids("a", ""), 2, "x"));
  CHECK(one != uuid(LineUuids("a", ""), 1, "y"));
  CHECK(one != uuid(LineUuids("a", "insert"), 1, "x"));
}

TEST_CASE("the UUIDs of a file are in the order of its lines, whatever they say") {
  const LineUuids uuids("a", "");
  std::vector<std::string> found;
  for (std::uint64_t line = 1; line < (1ULL << 44U); line = line * 2 + line / 3 + 1) {
    found.push_back(uuid(uuids, line, std::to_string(line * 7919)));
  }
  CHECK(std::is_sorted(found.begin(), found.end()));
  CHECK(std::adjacent_find(found.begin(), found.end()) == found.end());
}
