#include "daemon/lane/ledger_keeper.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/daemon/memory_session.hpp"

namespace sqlbus {
namespace {

constexpr std::int64_t kHourUs = 3600LL * 1000000;

struct KeeperBench {
  KeeperBench() {
    database.ledger_retention = std::chrono::hours(24);
    REQUIRE_FALSE(table.create());
  }
  // One row for each age in hours.
  void add(const std::vector<int>& ages) {
    std::vector<LedgerRow> rows;
    for (const int age : ages) {
      char id[16];
      std::snprintf(id, sizeof id, "%05d", age);
      rows.push_back({.id = id, .digest = 1, .applied_at_us = now_us - age * kHourUs});
    }
    REQUIRE_FALSE(session.begin(Access::kReadWrite));
    REQUIRE_FALSE(table.insert(rows, nullptr));
    REQUIRE_FALSE(session.commit());
  }
  bool has(int age) {
    char id[16];
    std::snprintf(id, sizeof id, "%05d", age);
    const std::string text = id;
    std::vector<LedgerRow> found;
    REQUIRE_FALSE(table.lookup({&text, 1}, found));
    return !found.empty();
  }
  std::string step(std::uint64_t remembered = 0) {
    std::string warning;
    REQUIRE_FALSE(keeper.step(session, remembered, warning));
    return warning;
  }

  BusClock clock;
  std::int64_t now_us = clock.now().time_since_epoch().count();
  DatabaseSettings database;
  std::atomic<std::int64_t> floor_us{now_us};
  Session session = test::connect_in_memory();
  LedgerTable table{session};
  LedgerKeeper keeper{database, clock, floor_us};
};

}  // namespace

TEST_CASE("the ledger forgets what is older than its retention") {
  KeeperBench bench;
  bench.add({1, 23, 25, 48});
  CHECK(bench.step().empty());
  CHECK(bench.has(1));
  CHECK(bench.has(23));
  CHECK_FALSE(bench.has(25));
  CHECK_FALSE(bench.has(48));
}

TEST_CASE("too many rows go before their time, with a warning that is given once") {
  KeeperBench bench;
  bench.database.ledger_rows_max = 2;
  bench.add({1, 2, 3, 4});
  CHECK_FALSE(bench.step().empty());
  CHECK(bench.has(1));
  CHECK(bench.has(2));
  CHECK_FALSE(bench.has(4));
  CHECK(bench.step(10).empty());
}

TEST_CASE("nothing younger than the oldest unsettled batch is forgotten") {
  KeeperBench bench;
  bench.floor_us = bench.now_us - 30 * kHourUs;
  bench.add({1, 25, 29, 31});
  (void)bench.step();
  CHECK(bench.has(25));
  CHECK(bench.has(29));
  CHECK_FALSE(bench.has(31));
}

TEST_CASE("a step is due after a time, and after enough new rows") {
  KeeperBench bench;
  bench.add({1, 30});
  CHECK(bench.keeper.is_due(0));
  (void)bench.step();
  CHECK_FALSE(bench.keeper.is_due(0));
  CHECK_FALSE(bench.keeper.is_due(999));
  CHECK(bench.keeper.is_due(1000));
  // There was nothing to forget: not so soon again.
  (void)bench.step(1000);
  CHECK_FALSE(bench.keeper.is_due(10999));
  CHECK(bench.keeper.is_due(11000));
}

}  // namespace sqlbus
