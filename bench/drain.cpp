#include "bench/drain.hpp"

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "bench/process_usage.hpp"
#include "bench/stopwatch.hpp"
#include "bench/world.hpp"
#include "protocol/keys.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{2};
constexpr double kPatienceSeconds = 60;

// True where no batch holds anything any more: each is removed with its last settled position. A
// batch that is registered for a claim to come is no list yet.
bool is_settled(test::PrivateRedis& redis) {
  const auto batches = redis.command({"SMEMBERS", keys::batches(keys::kDefaultQueue)});
  for (const std::string& batch : batches.texts()) {
    if (redis.command({"EXISTS", batch}).integer != 0) return false;
  }
  return true;
}

// Waits until the queue is no longer than `length`, and until all is settled where that is 0.
void wait_for(test::PrivateRedis& redis, test::PrivateBus& bus, std::int64_t length,
              const DrainOptions& options) {
  std::int64_t last = -1;
  Stopwatch standing;
  for (;;) {
    const std::int64_t now = queue_length(redis);
    if (now <= length && (length > 0 || is_settled(redis))) return;
    if (now != last) standing = {};
    last = now;
    if (standing.seconds() > kPatienceSeconds || !bus.process().is_running()) {
      throw std::runtime_error("the bus does not go on:\n" + bus.log());
    }
    if (options.on_look) options.on_look(bus);
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace

std::int64_t queue_length(test::PrivateRedis& redis) {
  return redis.command({"LLEN", keys::kDefaultQueue}).integer;
}

std::int64_t dead_letters(test::PrivateRedis& redis) {
  return redis.command({"LLEN", keys::dead(keys::kDefaultQueue)}).integer;
}

int redis_pid(test::PrivateRedis& redis) {
  constexpr std::string_view kName = "process_id:";
  const std::string info = redis.command({"INFO", "server"}).text;
  return std::stoi(info.substr(info.find(kName) + kName.size()));
}

Drain drain(test::PrivateRedis& redis, const test::BusConfig& config, std::int64_t count,
            const DrainOptions& options) {
  const int redis_process = redis_pid(redis);
  test::PrivateBus bus(test::bus_config(config), {}, options.environment);
  wait_for(redis, bus, count - 1, options);
  const double bus_cpu = cpu_seconds(bus.pid());
  const double redis_cpu = cpu_seconds(redis_process);
  const Stopwatch stopwatch;
  wait_for(redis, bus, 0, options);
  const Drain drained{.seconds = stopwatch.seconds(),
                      .bus_cpu_s = cpu_seconds(bus.pid()) - bus_cpu,
                      .redis_cpu_s = cpu_seconds(redis_process) - redis_cpu};
  if (bus.terminate() != test::ExitStatus{.code = 0}) {
    throw std::runtime_error("the bus does not end well:\n" + bus.log());
  }
  return drained;
}

}  // namespace sqlbus::bench
