// What a bus without work does.

#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "bench/case.hpp"
#include "bench/process_usage.hpp"
#include "bench/stopwatch.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::chrono::seconds kAfterStart{2};
constexpr double kCommandsMax = 2;
constexpr double kCpuPercentMax = 0.1;

// All that Redis has executed, by clients and in scripts, but for what asks: cmdstat_get:calls=1,…
double commands_of(test::PrivateRedis& redis) {
  std::istringstream lines(redis.command({"INFO", "commandstats"}).text);
  double calls = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(":calls=");
    if (at == std::string::npos || line.starts_with("cmdstat_info")) continue;
    calls += std::strtod(line.c_str() + at + 7, nullptr);
  }
  return calls;
}

std::vector<Quantity> measure(World& world, const Options& options) {
  Quantity commands{.name = "idle-redis-commands",
                    .unit = "commands/s",
                    .limit_name = "",
                    .target = Target::bus_at_most(kCommandsMax),
                    .decimals = 2};
  Quantity cpu{.name = "idle-cpu",
               .unit = "% of a core",
               .limit_name = "",
               .target = Target::bus_at_most(kCpuPercentMax),
               .decimals = 3};
  world.postgres();
  world.clear_rows();
  test::PrivateBus bus(world.postgres_bus({}));
  expect_ready(bus);
  std::this_thread::sleep_for(kAfterStart);
  const double commands_before = commands_of(world.redis());
  const double cpu_before = cpu_seconds(bus.pid());
  const Stopwatch stopwatch;
  std::this_thread::sleep_for(options.idle);
  commands.bus.add((commands_of(world.redis()) - commands_before) / stopwatch.seconds());
  cpu.bus.add((cpu_seconds(bus.pid()) - cpu_before) * 100 / stopwatch.seconds());
  return {std::move(commands), std::move(cpu)};
}

}  // namespace

std::vector<Case> idle_cases() {
  return {{"idle", "Redis commands and CPU of a bus without work, for --idle seconds", measure}};
}

}  // namespace sqlbus::bench
