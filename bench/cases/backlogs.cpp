// The daemon's memory while few and many requests wait in Redis.

#include <algorithm>
#include <utility>

#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "bench/process_usage.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::int64_t kSmall = 10'000;
constexpr double kMemoryMaxMib = 64;
constexpr double kGrowthMax = 1.1;

// The most that was resident while the bus drained so many.
double peak_mib(World& world, std::int64_t count) {
  world.clear_rows();
  WorkSource source({});
  fill_queue(world.redis().socket(), source, Shape::kParams, count);
  double peak = 0;
  drain(world.redis(), world.postgres_bus({}), count, {.on_look = [&](test::PrivateBus& bus) {
          peak = std::max(peak, memory_of(bus.pid()).peak_mib);
        }});
  return peak;
}

// Once, whatever --rounds says: it takes long, and memory does not vary as time does.
std::vector<Quantity> measure(World& world, const Options& options) {
  Quantity growth{.name = "backlog-growth",
                  .unit = "MiB",
                  .limit_name = "bus, 10,000 waiting",
                  .target = Target::ratio_at_most(kGrowthMax),
                  .decimals = 1};
  Quantity peak{.name = "backlog-memory",
                .unit = "MiB",
                .limit_name = "",
                .target = Target::bus_at_most(kMemoryMaxMib),
                .decimals = 1};
  world.postgres();
  const double small = peak_mib(world, kSmall);
  const double large = peak_mib(world, options.backlog);
  growth.add(small, large);
  peak.bus.add(large);
  return {std::move(growth), std::move(peak)};
}

}  // namespace

std::vector<Case> backlog_cases() {
  return {
      {"backlog", "peak of the daemon's resident memory, 10,000 and a million waiting", measure}};
}

}  // namespace sqlbus::bench
