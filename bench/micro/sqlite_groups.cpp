// Groups of INSERTs with PARAMS through the SQLite driver, beside the bare library.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/micro/benchmarks.hpp"
#include "bench/sqlite_limit.hpp"
#include "bench/work.hpp"
#include "bench/world.hpp"
#include "daemon/session/driver_library.hpp"
#include "daemon/session/ledger_table.hpp"
#include "daemon/session/session.hpp"
#include "protocol/ledger_entry.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::int64_t kGroup = 500;
constexpr std::int64_t kGroups = 200;
constexpr std::int64_t kRowsBefore = 1'000'000;

enum class Ids { kNone, kV7, kV4 };  // of the ledger's rows

void expect(const MaybeFault& fault) {
  if (fault) throw std::runtime_error(fault->sqlstate + " " + fault->message);
}

const sqlbus_driver& driver() {
  static const Result<Driver> loaded = load_driver(SQLBUS_SQLITE_DRIVER);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded->table;
}

Session connect(const std::string& path) {
  auto connected = Session::connect(driver(), {{"database", path}});
  if (auto* fault = std::get_if<DriverFault>(&connected)) throw std::runtime_error(fault->message);
  return std::move(std::get<Session>(connected));
}

// A file with the table, and with a ledger of many rows where one is wanted.
class Store {
 public:
  explicit Store(Ids ids) {
    driver();  // before SQLite is used: what it sets is for the process
    SqliteFile file(path());
    for (const char* table : {kBusTable, kLimitTable}) file.exec(table_ddl(table));
    if (ids == Ids::kNone) return;
    auto session = connect(path());
    expect(LedgerTable(session).create());
    file.exec(fill_ledger_sql(kRowsBefore));
  }
  std::string path() const { return dir_ / "file.db"; }

 private:
  test::TempDir dir_;
};

// What the bus makes of one group's requests before a driver sees them.
class BusGroup {
 public:
  BusGroup(const std::vector<Work>& works, Shape shape, bool has_ledger) {
    for (const auto& work : works) requests_.push_back(request_of(work, shape, kBusTable));
    for (const auto& request : requests_) {
      executions_.push_back({.statement = &request.statements[0]});
      if (has_ledger) rows_.push_back({ledger_id_of(request.uuid), digest_of(request), now_us()});
    }
    std::sort(rows_.begin(), rows_.end(), [](auto& a, auto& b) { return a.id < b.id; });
    for (const auto& row : rows_) sorted_.push_back(&row);
  }

  void run(Session& session) {
    Group group{.begins = true, .rows = sorted_, .executions = executions_};
    expect(session.execute_group(group));
    for (const auto& execution : executions_) {
      if (execution.affected != 1) throw std::logic_error("a statement has not changed its row");
    }
    expect(session.commit());
  }

 private:
  std::vector<Request> requests_;
  std::vector<Execution> executions_;
  std::vector<LedgerRow> rows_;
  std::vector<const LedgerRow*> sorted_;
};

void run_limit(benchmark::State& state, Ids ids) {
  const Store store(ids);
  SqliteFile file(store.path());
  SqliteLimit limit(file, ids != Ids::kNone);
  WorkSource source({.ids = ids == Ids::kV4 ? IdKind::kV4 : IdKind::kV7});
  for ([[maybe_unused]] auto turn : state) {
    state.PauseTiming();
    const auto works = source.take(kGroup);
    state.ResumeTiming();
    limit.run(works);
  }
  state.SetItemsProcessed(state.iterations() * kGroup);
}

void run_driver(benchmark::State& state, Shape shape, Ids ids) {
  const Store store(ids);
  auto session = connect(store.path());
  WorkSource source({.shape = shape, .ids = ids == Ids::kV4 ? IdKind::kV4 : IdKind::kV7});
  for ([[maybe_unused]] auto turn : state) {
    state.PauseTiming();
    BusGroup group(source.take(kGroup), shape, ids != Ids::kNone);
    state.ResumeTiming();
    group.run(session);
  }
  state.SetItemsProcessed(state.iterations() * kGroup);
}

}  // namespace

void register_sqlite_groups() {
  using benchmark::State;
  const auto add = [](const std::string& name, auto run) {
    benchmark::RegisterBenchmark(("sqlite/" + name).c_str(), run)
        ->Iterations(kGroups)
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
  };
  const std::pair<std::string, Ids> kinds[] = {
      {"plain", Ids::kNone}, {"ledger_v7", Ids::kV7}, {"ledger_v4", Ids::kV4}};
  for (const auto& kind : kinds) {
    const auto ids = kind.second;
    add(kind.first + "/limit", [ids](State& state) { run_limit(state, ids); });
    add(kind.first + "/driver", [ids](State& state) { run_driver(state, Shape::kParams, ids); });
  }
  add("literal/driver", [](State& state) { run_driver(state, Shape::kLiteral, Ids::kNone); });
  add("mixed/driver", [](State& state) { run_driver(state, Shape::kMixed, Ids::kNone); });
}

}  // namespace sqlbus::bench
