// Queries that somebody waits for, on PostgreSQL: on an idle bus, and while writes drain.

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "bench/pg_connection.hpp"
#include "bench/plain_loop.hpp"
#include "bench/stopwatch.hpp"
#include "bench/urgent_caller.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::int64_t kWarmUp = 200;
constexpr std::int64_t kWritesBehind = 100'000;
constexpr const char* kHigherQueue = "SqlBusUrgent";
constexpr double kMicrosPerMilli = 1000;

// Spread over the table, the same for all sides.
std::int64_t id_of(std::int64_t number) { return number * 7919 % kSelectRows + 1; }

// Microseconds of each query.
template <typename Select>
Samples latencies(std::int64_t count, Select select) {
  Samples samples;
  for (std::int64_t i = 0; i < kWarmUp; ++i) select(id_of(i));
  for (std::int64_t i = 0; i < count; ++i) {
    const Stopwatch stopwatch;
    select(id_of(i));
    samples.add(stopwatch.micros());
  }
  return samples;
}

class DirectSelect {
 public:
  explicit DirectSelect(const std::string& conninfo) : connection_(conninfo) {
    connection_.prepare("select",
                        "SELECT name, amount FROM " + std::string(kSelectTable) + " WHERE id = $1");
  }
  void operator()(std::int64_t id) {
    connection_.run_prepared("select", std::array{std::to_string(id)});
  }

 private:
  PgConnection connection_;
};

std::vector<Quantity> measure_select(World& world, const Options& options) {
  const auto quantity = [](const char* name, const char* limit, Target target = {}) {
    return Quantity{.name = name, .unit = "us", .limit_name = limit, .target = target};
  };
  Quantity median_direct = quantity("select-p50-direct", "prepared, direct");
  Quantity slow_direct = quantity("select-p99-direct", "prepared, direct");
  Quantity median_loop = quantity("select-p50", "plain loop", Target::ratio_at_most(1.25));
  Quantity slow_loop = quantity("select-p99", "plain loop", Target::ratio_at_most(1.5));

  DirectSelect direct(world.postgres().conninfo());
  world.clear_rows();
  test::PrivateBus bus(world.postgres_bus({}));
  expect_ready(bus);
  const std::string socket = world.redis().socket();
  Caller to_bus(socket);
  for (int round = 0; round < options.rounds; ++round) {
    const Samples of_direct = latencies(options.selects, [&](auto id) { direct(id); });
    Samples of_loop;
    {
      const PlainLoop loop(socket, world.postgres().conninfo());
      Caller to_loop(socket, PlainLoop::kQueue);
      of_loop = latencies(options.selects, [&](auto id) { to_loop.select(kSelectTable, id); });
    }
    const Samples of_bus =
        latencies(options.selects, [&](auto id) { to_bus.select(kSelectTable, id); });
    median_direct.add(of_direct.median(), of_bus.median());
    slow_direct.add(of_direct.percentile(99), of_bus.percentile(99));
    median_loop.add(of_loop.median(), of_bus.median());
    slow_loop.add(of_loop.percentile(99), of_bus.percentile(99));
  }
  return {std::move(median_loop), std::move(slow_loop), std::move(median_direct),
          std::move(slow_direct)};
}

// One query after the other, from the first claim of the writes to their last.
template <typename Select>
Samples latencies_while_draining(World& world, const BusPlan& plan, std::int64_t rows,
                                 Select select) {
  world.clear_rows();
  WorkSource source({});
  fill_queue(world.redis().socket(), source, Shape::kParams, rows);
  Samples samples;
  std::int64_t number = 0;
  const auto on_look = [&](test::PrivateBus&) {
    const std::int64_t left = queue_length(world.redis());
    if (left >= rows || left == 0) return;
    const Stopwatch stopwatch;
    select(id_of(++number));
    samples.add(stopwatch.micros() / kMicrosPerMilli);
  };
  drain(world.redis(), world.postgres_bus(plan), rows, {.on_look = on_look});
  return samples;
}

// AnyCaller: Caller or UrgentCaller.
template <typename AnyCaller>
std::vector<Quantity> measure_busy(const std::string& name, const BusPlan& plan, World& world,
                                   const Options& options, AnyCaller caller) {
  Quantity median{.name = name + "-p50", .unit = "ms", .limit_name = "", .decimals = 2};
  Quantity slow{.name = name + "-p99",
                .unit = "ms",
                .limit_name = "",
                .target = Target::bus_at_most(10),
                .decimals = 2};
  world.postgres();
  for (int round = 0; round < options.rounds; ++round) {
    const Samples samples =
        latencies_while_draining(world, plan, options.rows.value_or(kWritesBehind),
                                 [&](std::int64_t id) { caller.select(kSelectTable, id); });
    median.bus.add(samples.median());
    slow.bus.add(samples.percentile(99));
  }
  return {std::move(median), std::move(slow)};
}

std::vector<Quantity> measure_higher_queue(World& world, const Options& options) {
  const BusPlan plan = {.queues =
                            std::string(kHigherQueue) + ", " + std::string(keys::kDefaultQueue)};
  return measure_busy("select-higher-queue", plan, world, options,
                      Caller(world.redis().socket(), kHigherQueue));
}

std::vector<Quantity> measure_urgent(World& world, const Options& options) {
  return measure_busy("select-urgent", {}, world, options, UrgentCaller(world.redis().socket()));
}

}  // namespace

std::vector<Case> select_cases() {
  return {
      {"select", "blocking SELECT by key, beside a plain loop and a direct one", measure_select},
      {"select-higher-queue", "the same on a higher queue, while 100,000 writes drain",
       measure_higher_queue},
      {"select-urgent", "the same sent urgent (RPUSH), while 100,000 writes drain", measure_urgent},
  };
}

}  // namespace sqlbus::bench
