// Drains on SQLite: requests that nobody waits for, beside prepared INSERTs, 500 a commit.

#include <stdexcept>
#include <string>
#include <utility>

#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "bench/in_turn.hpp"
#include "bench/sqlite_limit.hpp"

namespace sqlbus::bench {

namespace {

struct DrainCase {
  const char* name;
  BusPlan bus;
  Target target;
  std::int64_t rows;
};

// One file for the bus and one for the limit, with the same ledger in both.
class Files {
 public:
  explicit Files(World& world, bool exactly_once) {
    SqliteFile bus(bus_path());
    SqliteFile limit(limit_path());
    bus.exec(table_ddl(kBusTable) + ";" + first_row_sql(kBusTable));
    limit.exec(table_ddl(kLimitTable) + ";" + first_row_sql(kLimitTable));
    if (!exactly_once) return;
    start_once(world.sqlite_bus(bus_path(), {}));
    limit.exec(
        bus.query_value("SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL "
                        "AND tbl_name LIKE 'sqlbus_ledger%' ORDER BY type DESC"));
    for (SqliteFile* file : {&bus, &limit}) file->exec(fill_ledger_sql(world.ledger_rows()));
  }

  std::string bus_path() const { return dir_ / "bus.db"; }
  std::string limit_path() const { return dir_ / "limit.db"; }

 private:
  test::TempDir dir_;
};

void expect_rows(SqliteFile& file, const std::string& table, std::int64_t expected) {
  if (file.query_value("SELECT count(*) FROM " + table) == std::to_string(expected)) return;
  throw std::runtime_error(table + " has not the expected number of rows");
}

double limit_rate(const Files& files, const DrainCase& of, std::int64_t rows) {
  SqliteFile file(files.limit_path());
  file.exec("DELETE FROM " + std::string(kLimitTable) + " WHERE id > 0");
  WorkSource source({});
  const std::vector<Work> works = source.take(rows);
  SqliteLimit limit(file, of.bus.exactly_once);
  const double seconds = limit.run(works);
  expect_rows(file, kLimitTable, source.rows_expected());
  return static_cast<double>(rows) / seconds;
}

double bus_rate(World& world, const Files& files, const DrainCase& of, std::int64_t rows) {
  SqliteFile(files.bus_path()).exec("DELETE FROM " + std::string(kBusTable) + " WHERE id > 0");
  world.empty_redis();
  WorkSource source({});
  fill_queue(world.redis().socket(), source, Shape::kParams, rows);
  const Drain drained = drain(world.redis(), world.sqlite_bus(files.bus_path(), of.bus), rows);
  SqliteFile file(files.bus_path());
  expect_rows(file, kBusTable, source.rows_expected());
  return static_cast<double>(rows) / drained.seconds;
}

std::vector<Quantity> measure(const DrainCase& of, World& world, const Options& options) {
  const std::int64_t rows = options.rows.value_or(of.rows);
  const Files files(world, of.bus.exactly_once);
  Quantity rate{.name = of.name,
                .unit = "requests/s",
                .limit_name = of.bus.exactly_once ? "500 a commit, ledger" : "500 a commit",
                .target = of.target};
  measure_in_turn(
      rate, options.rounds, [&] { return limit_rate(files, of, rows); },
      [&] { return bus_rate(world, files, of, rows); });
  return {std::move(rate)};
}

}  // namespace

std::vector<Case> sqlite_drain_cases() {
  const DrainCase table[] = {
      {"drain-sqlite", {}, Target::ratio_at_least(0.6), 100'000},
      {"drain-sqlite-plain", {.exactly_once = false}, Target::ratio_at_least(0.3), 200'000},
  };
  std::vector<Case> cases;
  for (const DrainCase& of : table) {
    cases.push_back(
        {of.name,
         of.bus.exactly_once ? "INSERTs with PARAMS on SQLite, exactly_once"
                             : "INSERTs with PARAMS on SQLite, exactly_once off",
         [of](World& world, const Options& options) { return measure(of, world, options); }});
  }
  return cases;
}

}  // namespace sqlbus::bench
