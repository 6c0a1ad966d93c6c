// Drains on MariaDB by ODBC: requests that nobody waits for, beside arrays of parameters.

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "bench/in_turn.hpp"
#include "bench/mariadb_limit.hpp"
#include "tests/support/private_mariadb.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::size_t kGroup = 500;  // works of one transaction, as of the bus

struct DrainCase {
  const char* name;
  const char* about;
  BusPlan bus;
  const char* limit = "parameter arrays, ledger";
  Target target = {};
  std::size_t limit_group = kGroup;
  std::int64_t limit_share = 1;  // so much less work for a limit that takes so much longer
};

constexpr std::int64_t kRows = 50'000;

// The server, with a table for the bus and one for the limit, and the same ledger beside each.
class Tables {
 public:
  explicit Tables(World& world) {
    for (const std::string table : {kBusTable, kLimitTable}) {
      server_.exec("CREATE TABLE " + table +
                   " (id bigint PRIMARY KEY, name varchar(100), amount decimal(12, 2), "
                   "at varchar(30)) ENGINE = InnoDB");
    }
    start_once(world.bus(server_.section(), {}));
    const std::string copy = kLimitLedger;
    server_.exec("CREATE TABLE " + copy + " LIKE sqlbus_ledger");
    // 0x01 and 16 random bytes, as the ledger keeps UUIDs; moments of the last hour.
    server_.exec(
        "INSERT INTO sqlbus_ledger SELECT concat(x'01', unhex(md5(concat(seq, rand())))) AS id, "
        "floor(rand() * 1e18), unix_timestamp() * 1000000 - 3600000000 + seq, '', '', '' "
        "FROM seq_1_to_" +
        std::to_string(world.ledger_rows()) + " ORDER BY id");
    server_.exec("INSERT INTO " + copy + " SELECT * FROM sqlbus_ledger ORDER BY id");
    filled_until_ = server_.query_value("SELECT coalesce(max(applied_at), 0) FROM " + copy);
  }

  test::PrivateMariaDb& server() { return server_; }

  // All that has come since.
  void clear(World& world) {
    world.empty_redis();
    for (const std::string table : {kBusTable, kLimitTable}) {
      server_.exec("TRUNCATE " + table);
      server_.exec(first_row_sql(table));
    }
    for (const std::string table : {"sqlbus_ledger", kLimitLedger}) {
      server_.exec("DELETE FROM " + table + " WHERE applied_at > " + filled_until_);
    }
  }

  void expect_rows(const std::string& table, std::int64_t expected) {
    const auto count = server_.query_value("SELECT count(*) FROM " + table);
    if (count == std::to_string(expected)) return;
    throw std::runtime_error(table + " has " + count + " rows, not " + std::to_string(expected));
  }

 private:
  test::PrivateMariaDb server_{{.is_durable = true}};
  std::string filled_until_;
};

double limit_rate(World& world, Tables& tables, const DrainCase& of, std::int64_t rows) {
  tables.clear(world);
  WorkSource source({});
  rows /= of.limit_share;
  const std::vector<Work> works = source.take(rows);
  MariaDbLimit limit(tables.server().connection_string(), of.bus.exactly_once);
  const double seconds = limit.run(works, of.limit_group);
  tables.expect_rows(kLimitTable, source.rows_expected());
  return static_cast<double>(rows) / seconds;
}

double bus_rate(World& world, Tables& tables, const DrainCase& of, std::int64_t rows) {
  tables.clear(world);
  WorkSource source({});
  fill_queue(world.redis().socket(), source, Shape::kMarks, rows);
  const Drain drained = drain(world.redis(), world.bus(tables.server().section(), of.bus), rows);
  tables.expect_rows(kBusTable, source.rows_expected());
  return static_cast<double>(rows) / drained.seconds;
}

std::vector<Quantity> measure(const DrainCase& of, World& world, const Options& options) {
  const std::int64_t rows = options.rows.value_or(kRows);
  Tables tables(world);
  Quantity rate{.name = of.name, .unit = "requests/s", .limit_name = of.limit, .target = of.target};
  measure_in_turn(
      rate, options.rounds, [&] { return limit_rate(world, tables, of, rows); },
      [&] { return bus_rate(world, tables, of, rows); });
  return {std::move(rate)};
}

}  // namespace

std::vector<Case> mariadb_drain_cases() {
  const DrainCase table[] = {
      {"drain-mariadb",
       "INSERTs with PARAMS on MariaDB by ODBC, exactly_once",
       {},
       "parameter arrays, ledger",
       Target::ratio_at_least(0.3)},
      {"drain-mariadb-plain",
       "INSERTs with PARAMS on MariaDB by ODBC, exactly_once off",
       {.exactly_once = false},
       "parameter arrays"},
      {"drain-mariadb-singly",
       "the same, beside one prepared INSERT and one commit at a time",
       {.exactly_once = false},
       "one INSERT, one commit",
       Target::ratio_at_least(20),
       1,
       10},
  };
  std::vector<Case> cases;
  for (const DrainCase& of : table) {
    cases.push_back({of.name, of.about, [of](World& world, const Options& options) {
                       return measure(of, world, options);
                     }});
  }
  return cases;
}

}  // namespace sqlbus::bench
