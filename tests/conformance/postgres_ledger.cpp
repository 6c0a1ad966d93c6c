// What of PostgreSQL's ledger depends on sessions that write at the same time.
#include <doctest/doctest.h>

#include <array>
#include <string_view>
#include <thread>

#include "tests/conformance/subject.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

sqlbus_ledger_row row_of(std::string_view id, std::int64_t applied_at_us,
                         std::string_view sqlstate) {
  return {{id.data(), id.size()}, 1, applied_at_us, {sqlstate.data(), sqlstate.size()}, {}, {}};
}

struct LedgerFixture : Fixture {
  LedgerFixture() { REQUIRE(table.create(session.get(), &error) == SQLBUS_OK); }
  bool is_waited_for() {
    return eventually([this] {
      return session.run("SELECT count(*) FROM pg_locks WHERE NOT granted").value() != "0";
    });
  }
  const sqlbus_ledger& table = *driver().ledger;
  AbiSession session = connect();
  sqlbus_error error{};
};

}  // namespace

TEST_CASE_FIXTURE(LedgerFixture, "what is opened again while old rows are deleted stays") {
  const std::array rows = {row_of("a", 10, ""), row_of("b", 11, "23505"), row_of("c", 12, "")};
  REQUIRE(session.begin().ok());
  REQUIRE(table.insert(session.get(), rows.data(), rows.size(), nullptr, &error) == SQLBUS_OK);
  REQUIRE(session.commit().ok());

  auto other = connect();
  REQUIRE(other.begin().ok());
  const auto again = row_of("b", 100, "");
  std::uint8_t is_reopened = 0;
  REQUIRE(table.reopen(other.get(), &again, &is_reopened, &error) == SQLBUS_OK);
  REQUIRE(is_reopened == 1);

  std::size_t removed = 0;
  int cls = SQLBUS_PERMANENT;
  std::thread pruning([&] {
    auto third = connect();
    sqlbus_error fault{};
    cls = table.prune(third.get(), 50, 10, &removed, &fault);
  });
  CHECK(is_waited_for());
  CHECK(other.commit().ok());
  pruning.join();
  CHECK(cls == SQLBUS_OK);
  CHECK(removed == 2);
  CHECK(session.run("SELECT encode(id, 'escape') FROM sqlbus_ledger").value() == "b");
}

}  // namespace sqlbus::test
