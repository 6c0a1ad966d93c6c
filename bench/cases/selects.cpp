// Queries that somebody waits for, on PostgreSQL: on an idle bus, and while writes drain.

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "bench/asker.hpp"
#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/drain.hpp"
#include "bench/pg_connection.hpp"
#include "bench/plain_loop.hpp"
#include "bench/stopwatch.hpp"
#include "bench/urgent_caller.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::int64_t kWarmUp = 20;
// Of a round, each side in turn: what else the machine does meets all of them.
constexpr std::int64_t kSlices = 10;
constexpr std::int64_t kWritesBehind = 100'000;
constexpr const char* kHigherQueue = "SqlBusUrgent";
constexpr double kMicrosPerMilli = 1000;

// Spread over the table, the same for all sides.
std::int64_t id_of(std::int64_t number) { return number * 7919 % kSelectRows + 1; }

// One way to have a query answered, and the microseconds of each.
struct Side {
  std::function<void(std::int64_t id)> select;
  Samples samples = {};

  void run(std::int64_t count) {
    for (std::int64_t i = 0; i < kWarmUp; ++i) select(id_of(i));
    for (std::int64_t i = 0; i < count; ++i) {
      const Stopwatch stopwatch;
      select(id_of(i));
      samples.add(stopwatch.micros());
    }
  }
};

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

// The bus beside one of the others.
class Comparison {
 public:
  Comparison(const std::string& suffix, const std::string& limit, Target median, Target slow)
      : median_{.name = "select-p50" + suffix, .unit = "us", .limit_name = limit, .target = median},
        slow_{.name = "select-p99" + suffix, .unit = "us", .limit_name = limit, .target = slow} {}

  void add(const Samples& limit, const Samples& bus) {
    median_.add(limit.median(), bus.median());
    slow_.add(limit.percentile(99), bus.percentile(99));
  }
  void give(std::vector<Quantity>& quantities) {
    quantities.push_back(std::move(median_));
    quantities.push_back(std::move(slow_));
  }

 private:
  Quantity median_;
  Quantity slow_;
};

// All sides are there all the time, and each waits while another one is asked.
std::vector<Quantity> measure_select(World& world, const Options& options) {
  std::array comparisons = {
      Comparison("", "plain loop", Target::ratio_at_most(1.25), Target::ratio_at_most(1.5)),
      Comparison("-prepared", "plain loop, prepared", {}, {}),
      Comparison("-direct", "prepared, direct", {}, {})};

  const std::string conninfo = world.postgres().conninfo();
  world.clear_rows();
  const std::string socket = world.redis().socket();
  test::PrivateBus bus(world.postgres_bus({}));
  expect_ready(bus);
  const PlainLoop parsed(socket, conninfo, PlainLoop::Execution::kParsed);
  const PlainLoop prepared(socket, conninfo, PlainLoop::Execution::kPrepared);
  Asker to_bus(socket);
  Asker to_parsed(socket, parsed.queue());
  Asker to_prepared(socket, prepared.queue());
  DirectSelect direct(conninfo);
  for (int round = 0; round < options.rounds; ++round) {
    std::array sides = {Side{[&](auto id) { to_parsed.select(kSelectTable, id); }},
                        Side{[&](auto id) { to_prepared.select(kSelectTable, id); }},
                        Side{[&](auto id) { direct(id); }},
                        Side{[&](auto id) { to_bus.select(kSelectTable, id); }}};
    std::array turns = {&sides[0], &sides[1], &sides[2], &sides[3]};
    for (std::int64_t slice = 0; slice < kSlices; ++slice) {
      for (Side* side : turns) side->run(options.selects / kSlices);
      std::rotate(turns.begin(), turns.begin() + 1, turns.end());
    }
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
      comparisons.at(i).add(sides.at(i).samples, sides.back().samples);
    }
  }
  std::vector<Quantity> quantities;
  for (Comparison& comparison : comparisons) comparison.give(quantities);
  return quantities;
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

// AnyAsker: Asker or UrgentCaller.
template <typename AnyAsker>
std::vector<Quantity> measure_busy(const std::string& name, const BusPlan& plan, World& world,
                                   const Options& options, AnyAsker asker) {
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
                                 [&](std::int64_t id) { asker.select(kSelectTable, id); });
    median.bus.add(samples.median());
    slow.bus.add(samples.percentile(99));
  }
  return {std::move(median), std::move(slow)};
}

std::vector<Quantity> measure_higher_queue(World& world, const Options& options) {
  const BusPlan plan = {.queues =
                            std::string(kHigherQueue) + ", " + std::string(keys::kDefaultQueue)};
  return measure_busy("select-higher-queue", plan, world, options,
                      Asker(world.redis().socket(), kHigherQueue));
}

std::vector<Quantity> measure_urgent(World& world, const Options& options) {
  return measure_busy("select-urgent", {}, world, options, UrgentCaller(world.redis().socket()));
}

}  // namespace

std::vector<Case> select_cases() {
  return {
      {"select", "blocking SELECT by key, beside plain loops and a direct one", measure_select},
      {"select-higher-queue", "the same on a higher queue, while 100,000 writes drain",
       measure_higher_queue},
      {"select-urgent", "the same sent urgent (RPUSH), while 100,000 writes drain", measure_urgent},
  };
}

}  // namespace sqlbus::bench
