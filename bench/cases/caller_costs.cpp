// What a request costs its caller, who does not wait for it.

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench/bare_push.hpp"
#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/pg_connection.hpp"
#include "bench/stopwatch.hpp"
#include "protocol/keys.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus::bench {

namespace {

// Of a round, limit and bus in turn: what else the machine does meets both.
constexpr int kSlices = 10;
constexpr int kRoundTrips = 2000;  // of a slice
constexpr int kPipelined = 500;
constexpr int kPipelines = 40;  // of a slice
constexpr int kDirectInserts = 100;

// Hands so many requests over.
using HandOver = std::function<void(int count)>;

struct Comparison {
  Quantity wall;
  Quantity cpu;   // the same of the calling thread alone
  int count = 0;  // requests of a slice
};

class Cost {
 public:
  void measure(World& world, const HandOver& hand_over, int count) {
    world.clear_rows();
    const Stopwatch stopwatch;
    const CpuStopwatch cpu_stopwatch;
    hand_over(count);
    cpu_us_ += cpu_stopwatch.micros() / count;
    wall_us_ += stopwatch.micros() / count;
  }
  double wall_us() const { return wall_us_ / kSlices; }
  double cpu_us() const { return cpu_us_ / kSlices; }

 private:
  double wall_us_ = 0;
  double cpu_us_ = 0;
};

std::vector<Quantity> compare(World& world, const Options& options, Comparison of,
                              const HandOver& limit, const HandOver& bus) {
  for (int round = 0; round < options.rounds; ++round) {
    Cost of_limit;
    Cost of_bus;
    for (int slice = 0; slice < kSlices; ++slice) {
      if (slice % 2 == 0) of_limit.measure(world, limit, of.count);
      of_bus.measure(world, bus, of.count);
      if (slice % 2 != 0) of_limit.measure(world, limit, of.count);
    }
    of.wall.add(of_limit.wall_us(), of_bus.wall_us());
    of.cpu.add(of_limit.cpu_us(), of_bus.cpu_us());
  }
  world.clear_rows();
  return {std::move(of.wall), std::move(of.cpu)};
}

Comparison comparison(const std::string& name, const std::string& limit, Target target, int count) {
  return {
      .wall = {.name = name, .unit = "us", .limit_name = limit, .target = target, .decimals = 2},
      .cpu = {.name = name + "-cpu", .unit = "us", .limit_name = limit, .decimals = 2},
      .count = count};
}

Work first_work() { return WorkSource({}).next(); }

std::string ready_text() {
  return encode_request(request_of(first_work(), Shape::kParams, kBusTable));
}

// libsqlbus makes UUID, time and envelope of each.
class LibraryCaller {
 public:
  explicit LibraryCaller(World& world)
      : caller_(world.redis().socket()),
        request_(draft_.assign_without_uuid(first_work(), Shape::kParams)) {}

  void send(int count) {
    for (int i = 0; i < count; ++i) {
      draft_.param(0).integer = i;
      caller_.send(request_);
    }
  }
  void buffer(int count) {
    for (int i = 0; i < count; ++i) {
      draft_.param(0).integer = i;
      caller_.add(request_);
    }
    caller_.flush();
  }

 private:
  Caller caller_;
  Draft draft_;
  const sqlbus_request& request_;
};

std::vector<Quantity> measure_send(World& world, const Options& options) {
  BarePush bare(world.redis().socket());
  LibraryCaller caller(world);
  const std::string queue(keys::kDefaultQueue);
  const std::string envelope = ready_text();
  return compare(
      world, options,
      comparison("caller-send", "LPUSH of a ready text, hiredis", Target::ratio_at_most(1.1),
                 kRoundTrips),
      [&](int count) {
        for (int i = 0; i < count; ++i) bare.push(queue, envelope);
      },
      [&](int count) { caller.send(count); });
}

std::vector<Quantity> measure_buffer(World& world, const Options& options) {
  BarePush bare(world.redis().socket());
  LibraryCaller caller(world);
  const std::string queue(keys::kDefaultQueue);
  const std::string envelope = ready_text();
  return compare(
      world, options,
      comparison("caller-buffer", "the same, 500 pipelined", Target::bus_at_most(2.5),
                 kPipelined * kPipelines),
      [&](int count) {
        for (int i = 0; i < count; i += kPipelined) bare.push(queue, envelope, kPipelined);
      },
      [&](int count) { caller.buffer(count); });
}

// What the caller would pay without a bus: one durable commit a row.
std::vector<Quantity> measure_insert(World& world, const Options& options) {
  PgConnection connection(world.postgres().conninfo());
  connection.prepare("insert", sql_of(Work::Kind::kInsert, kLimitTable));
  WorkSource source({});
  LibraryCaller caller(world);
  return compare(
      world, options,
      comparison("caller-insert", "INSERT and commit on PostgreSQL, direct", {}, kDirectInserts),
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          connection.run_prepared("insert", params_of(source.next()));
        }
      },
      [&](int count) { caller.send(count); });
}

}  // namespace

std::vector<Case> caller_cases() {
  return {
      {"caller-send", "sqlbus_send: one request handed over, with its round trip", measure_send},
      {"caller-buffer", "one of many requests that go through libsqlbus's buffer", measure_buffer},
      {"caller-insert", "sqlbus_send, beside a direct INSERT", measure_insert},
  };
}

}  // namespace sqlbus::bench
