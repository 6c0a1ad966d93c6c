// Drains on PostgreSQL: requests that nobody waits for, beside the server's own limits.

#include <stdexcept>
#include <string>
#include <utility>

#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "bench/in_turn.hpp"
#include "bench/postgres_limit.hpp"

namespace sqlbus::bench {

namespace {

struct DrainCase {
  const char* name;
  WorkPlan work;
  BusPlan bus = {};
  Target target = {};
};

// Many callers, so that each of several lanes has some.
constexpr std::int64_t kCallersOfLanes = 64;
constexpr int kFailingPercent = 1;

constexpr Shape kParams = Shape::kParams;
constexpr Shape kLiteral = Shape::kLiteral;
constexpr Shape kMixed = Shape::kMixed;

std::vector<DrainCase> table() {
  const BusPlan plain = {.exactly_once = false};
  const BusPlan lanes = {.lanes = 4};
  const BusPlan plain_lanes = {.exactly_once = false, .lanes = 4};
  const WorkPlan params = {.shape = kParams};
  const WorkPlan literal = {.shape = kLiteral};
  const WorkPlan mixed = {.shape = kMixed};
  return {
      {"drain-params", params, {}, Target::ratio_at_least(0.6)},
      {"drain-params-v4", {.shape = kParams, .ids = IdKind::kV4}, {}, Target::ratio_at_least(0.6)},
      {"drain-params-plain", params, plain, Target::ratio_at_least(0.8)},
      {"drain-params-lanes4", {.shape = kParams, .callers = kCallersOfLanes}, lanes},
      {"drain-params-plain-lanes4", {.shape = kParams, .callers = kCallersOfLanes}, plain_lanes},
      {"drain-literal", literal, {}, Target::ratio_at_least(0.9)},
      {"drain-literal-v4",
       {.shape = kLiteral, .ids = IdKind::kV4},
       {},
       Target::ratio_at_least(0.9)},
      {"drain-literal-plain", literal, plain},
      {"drain-literal-lanes4", {.shape = kLiteral, .callers = kCallersOfLanes}, lanes},
      {"drain-literal-plain-lanes4", {.shape = kLiteral, .callers = kCallersOfLanes}, plain_lanes},
      {"drain-literal-callers", {.shape = kLiteral, .callers = 1000}},
      {"drain-mixed", mixed, {}, Target::ratio_at_least(0.35)},
      {"drain-mixed-v4", {.shape = kMixed, .ids = IdKind::kV4}, {}, Target::ratio_at_least(0.35)},
      {"drain-mixed-plain", mixed, plain},
      {"drain-mixed-lanes4", {.shape = kMixed, .callers = kCallersOfLanes}, lanes},
      {"drain-mixed-plain-lanes4", {.shape = kMixed, .callers = kCallersOfLanes}, plain_lanes},
  };
}

std::vector<DrainCase> failing_table() {
  const BusPlan plain = {.exactly_once = false};
  const auto failing = [](Shape shape) {
    return WorkPlan{.shape = shape, .failing_percent = kFailingPercent};
  };
  const Target half = Target::ratio_at_least(0.5);
  return {
      {"drain-params-errors", failing(kParams), {}, half},
      {"drain-params-plain-errors", failing(kParams), plain, half},
      {"drain-literal-errors", failing(kLiteral), {}, half},
      {"drain-literal-plain-errors", failing(kLiteral), plain, half},
      {"drain-mixed-errors", failing(kMixed), {}, half},
      {"drain-mixed-plain-errors", failing(kMixed), plain, half},
  };
}

// What of the work a second takes, by how it is done best.
std::int64_t default_rows(Shape shape) { return shape == kMixed ? 50'000 : 100'000; }

std::string limit_name(const DrainCase& of) {
  const std::string ledger = of.bus.exactly_once ? ", ledger" : "";
  if (of.work.shape == kParams) return "unnest" + ledger;
  return (of.work.shape == kLiteral ? "multi-row VALUES" : "prepared pipeline") + ledger;
}

void expect_rows(World& world, const char* table, std::int64_t expected) {
  const std::string count =
      world.postgres().query_value("SELECT count(*) FROM " + std::string(table));
  if (count == std::to_string(expected)) return;
  throw std::runtime_error(std::string(table) + " has " + count + " rows, not " +
                           std::to_string(expected));
}

double limit_rate(World& world, const DrainCase& of, std::int64_t rows) {
  world.clear_rows();
  WorkSource source(of.work);
  const std::vector<Work> works = source.take(rows);
  PostgresLimit limit(world.postgres().conninfo(), of.bus.exactly_once);
  const double seconds = limit.run(of.work.shape, works);
  expect_rows(world, kLimitTable, source.rows_expected());
  return static_cast<double>(rows) / seconds;
}

double bus_rate(World& world, const WorkPlan& plan, const BusPlan& bus, std::int64_t rows) {
  world.clear_rows();
  WorkSource source(plan);
  fill_queue(world.redis().socket(), source, plan.shape, rows);
  const Drain drained = drain(world.redis(), world.postgres_bus(bus), rows);
  expect_rows(world, kBusTable, source.rows_expected());
  if (dead_letters(world.redis()) != source.failures_expected()) {
    throw std::runtime_error("not the expected number of dead letters");
  }
  return static_cast<double>(rows) / drained.seconds;
}

std::vector<Quantity> measure(const DrainCase& of, World& world, const Options& options) {
  const std::int64_t rows = options.rows.value_or(default_rows(of.work.shape));
  Quantity rate{
      .name = of.name, .unit = "requests/s", .limit_name = limit_name(of), .target = of.target};
  world.postgres();
  world.clear_ledgers();
  measure_in_turn(
      rate, options.rounds, [&] { return limit_rate(world, of, rows); },
      [&] { return bus_rate(world, of.work, of.bus, rows); });
  return {std::move(rate)};
}

// The bus against itself without failures.
std::vector<Quantity> measure_errors(const DrainCase& of, World& world, const Options& options) {
  const std::int64_t rows = options.rows.value_or(default_rows(of.work.shape));
  Quantity rate{.name = of.name,
                .unit = "requests/s",
                .limit_name = "bus, none failing",
                .target = of.target};
  world.postgres();
  world.clear_ledgers();
  const WorkPlan clean = {.shape = of.work.shape};
  measure_in_turn(
      rate, options.rounds, [&] { return bus_rate(world, clean, of.bus, rows); },
      [&] { return bus_rate(world, of.work, of.bus, rows); });
  return {std::move(rate)};
}

std::string about(const DrainCase& of) {
  std::string text = of.work.shape == kParams    ? "INSERTs with PARAMS"
                     : of.work.shape == kLiteral ? "INSERTs of unique literals"
                                                 : "mixed INSERT, UPDATE, DELETE with PARAMS";
  text += of.work.ids == IdKind::kV7 ? ", UUID v7" : ", UUID v4";
  text += of.bus.exactly_once ? ", exactly_once" : ", exactly_once off";
  if (of.work.callers > 1) text += ", " + std::to_string(of.work.callers) + " callers";
  if (of.bus.lanes > 1) text += ", " + std::to_string(of.bus.lanes) + " lanes";
  if (of.work.failing_percent > 0) text += ", 1 % failing at random places";
  return text;
}

}  // namespace

std::vector<Case> postgres_drain_cases() {
  std::vector<Case> cases;
  for (const DrainCase& of : table()) {
    cases.push_back({of.name, about(of), [of](World& world, const Options& options) {
                       return measure(of, world, options);
                     }});
  }
  for (const DrainCase& of : failing_table()) {
    cases.push_back({of.name, about(of), [of](World& world, const Options& options) {
                       return measure_errors(of, world, options);
                     }});
  }
  return cases;
}

}  // namespace sqlbus::bench
