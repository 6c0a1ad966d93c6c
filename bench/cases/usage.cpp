// What a request costs the machine: CPU of the daemon and of Redis, allocations of the daemon.

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::bench {

namespace {

constexpr double kMicros = 1e6;
constexpr std::int64_t kRows = 50'000;
constexpr std::int64_t kFewRows = 2'000;

Drain drain_on_postgres(World& world, Shape shape, std::int64_t rows,
                        std::vector<std::string> environment) {
  world.clear_rows();
  WorkSource source({.shape = shape});
  fill_queue(world.redis().socket(), source, shape, rows);
  return drain(world.redis(), world.postgres_bus({}), rows,
               {.environment = std::move(environment)});
}

// Of a daemon from its start to its end.
double allocations(World& world, Shape shape, std::int64_t rows) {
  const test::TempDir dir;
  const std::string file = dir / "allocations";
  drain_on_postgres(world, shape, rows,
                    {"LD_PRELOAD=" SQLBUS_COUNT_ALLOCATIONS, "SQLBUS_ALLOCATIONS=" + file});
  const double counted = std::strtod(test::read_text_file(file).c_str(), nullptr);
  if (counted <= 0) throw std::runtime_error("allocations are not counted");
  return counted;
}

std::vector<Quantity> measure(Shape shape, const std::string& name, World& world,
                              const Options& options) {
  const std::int64_t rows = options.rows.value_or(kRows);
  const auto quantity = [&](const char* of, const char* unit, int decimals) {
    return Quantity{.name = name + of, .unit = unit, .limit_name = "", .decimals = decimals};
  };
  Quantity bus = quantity("-cpu-bus", "us/request", 1);
  Quantity redis = quantity("-cpu-redis", "us/request", 1);
  Quantity made = quantity("-allocations", "per request", 1);
  world.postgres();
  world.clear_ledgers();
  for (int round = 0; round < options.rounds; ++round) {
    const Drain drained = drain_on_postgres(world, shape, rows, {});
    bus.bus.add(drained.bus_cpu_s * kMicros / static_cast<double>(rows));
    redis.bus.add(drained.redis_cpu_s * kMicros / static_cast<double>(rows));
  }
  // The difference of two runs is what the further requests have cost.
  const double few = allocations(world, shape, kFewRows);
  const double many = allocations(world, shape, kFewRows + rows);
  made.bus.add((many - few) / static_cast<double>(rows));
  return {std::move(bus), std::move(redis), std::move(made)};
}

}  // namespace

std::vector<Case> usage_cases() {
  std::vector<Case> cases;
  const std::pair<const char*, Shape> table[] = {{"usage-params", Shape::kParams},
                                                 {"usage-literal", Shape::kLiteral},
                                                 {"usage-mixed", Shape::kMixed}};
  for (const auto& [name, shape] : table) {
    cases.push_back({name, "CPU and allocations of a request in a drain",
                     [name = name, shape = shape](World& world, const Options& options) {
                       return measure(shape, name, world, options);
                     }});
  }
  return cases;
}

}  // namespace sqlbus::bench
