// sqlbus-bench: the bus beside the direct limit, alternately in one run, on durable databases.

#include <chrono>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>

#include "bench/bus_side.hpp"
#include "bench/direct_database.hpp"
#include "bench/samples.hpp"
#include "tests/support/private_bus.hpp"
#include "tests/support/private_postgres.hpp"
#include "tests/support/private_redis.hpp"
#include "tests/support/supervisor.hpp"

namespace sqlbus::bench {

namespace {

constexpr int kRounds = 3;
constexpr std::int64_t kDrained = 20'000;  // a round, through the bus
constexpr std::int64_t kDirect = 2'000;    // a round, one by one: enough for a rate
constexpr std::int64_t kSelects = 1'000;

// Milliseconds that a call takes.
template <typename Call>
double time_ms(Call call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  return spent.count();
}

template <typename Side>
Samples select_us(Side& side) {
  Samples latencies;
  for (std::int64_t i = 1; i <= kSelects; ++i) {
    latencies.add(1000 * time_ms([&] { side.select(i); }));
  }
  return latencies;
}

// One quantity on both sides, by round.
struct Comparison {
  Samples direct;
  Samples bus;
  Samples ratio;

  void add(double of_direct, double of_bus) {
    direct.add(of_direct);
    bus.add(of_bus);
    ratio.add(of_bus / of_direct);
  }
  void print(const char* what) const {
    std::cout << "  " << std::left << std::setw(22) << what << std::setw(30) << direct.text(0)
              << std::setw(30) << bus.text(0) << ratio.text(2) << "\n";
  }
};

void compare(const std::string& title, DirectDatabase& direct, BusSide& bus) {
  Comparison inserts;
  Comparison typical;
  Comparison slow;
  std::int64_t row = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double direct_ms = time_ms([&] {
      for (std::int64_t i = 0; i < kDirect; ++i) direct.insert(++row);
    });
    const double bus_ms = time_ms([&] { bus.drain(kDrained); });
    inserts.add(kDirect * 1000 / direct_ms, kDrained * 1000 / bus_ms);
    const Samples direct_us = select_us(direct);
    const Samples bus_us = select_us(bus);
    typical.add(direct_us.median(), bus_us.median());
    slow.add(direct_us.percentile(99), bus_us.percentile(99));
  }
  std::cout << title << "\n"
            << "  " << std::left << std::setw(22) << "" << std::setw(30) << "direct"
            << std::setw(30) << "bus"
            << "bus/direct\n";
  inserts.print("inserts/s");
  typical.print("SELECT p50, us");
  slow.print("SELECT p99, us");
}

void bench_sqlite() {
  const test::TempDir dir;
  test::PrivateRedis redis;
  test::BusConfig config;
  config.redis_socket = redis.socket();
  config.database = test::sqlite_section(dir / "bus.db");
  test::PrivateBus bus(config);
  const auto direct = open_sqlite(dir / "direct.db");
  BusSide side(redis.socket());
  compare("SQLite, WAL, synchronous = FULL", *direct, side);
}

void bench_postgres() {
  test::PrivateRedis redis;
  test::PrivatePostgres postgres({.is_durable = true});
  test::BusConfig config;
  config.redis_socket = redis.socket();
  config.database = postgres.section();
  test::PrivateBus bus(config);
  const auto direct = open_postgres(postgres.conninfo());
  BusSide side(redis.socket());
  compare("PostgreSQL, durable, unix socket", *direct, side);
}

int work(int /*argc*/, char** /*argv*/) {
  try {
    std::cout << kRounds << " rounds of " << kDirect << " direct inserts one by one, " << kDrained
              << " through the bus, " << kSelects
              << " selects each; median (min to max) of the rounds\n";
    bench_sqlite();
    bench_postgres();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "sqlbus-bench: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace

}  // namespace sqlbus::bench

int main(int argc, char** argv) { return sqlbus::test::supervise(sqlbus::bench::work, argc, argv); }
