// What of PostgreSQL's ledger depends on sessions that write at the same time.
#include <doctest/doctest.h>

#include <array>
#include <barrier>
#include <string_view>
#include <thread>
#include <vector>

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

// CREATE TABLE IF NOT EXISTS is no protection: who comes second may be told that the type of the
// table's rows is there already (42710), or find the name taken in the catalog (23505).
TEST_CASE_FIXTURE(LedgerFixture, "many sessions that make the ledger at once all have it") {
  std::vector<AbiSession> makers;
  for (int i = 0; i < 8; ++i) makers.push_back(connect());
  for (int round = 0; round < 25; ++round) {
    REQUIRE(session.run("DROP TABLE sqlbus_ledger, sqlbus_ledger_version").ok());
    std::barrier begin(static_cast<std::ptrdiff_t>(makers.size()));
    std::vector<std::thread> threads;
    std::vector<int> results(makers.size());
    for (std::size_t i = 0; i < makers.size(); ++i) {
      threads.emplace_back([&, i] {
        sqlbus_error own{};
        begin.arrive_and_wait();
        results[i] = table.create(makers[i].get(), &own);
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(results == std::vector<int>(makers.size(), SQLBUS_OK));
  }
}

}  // namespace sqlbus::test
