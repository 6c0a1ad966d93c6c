// What a request costs its caller, who does not wait for it.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bench/bare_push.hpp"
#include "bench/caller.hpp"
#include "bench/case.hpp"
#include "bench/postgres_limit.hpp"
#include "bench/stopwatch.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus::bench {

namespace {

constexpr int kRoundTrips = 20'000;
constexpr int kPipelined = 500;
constexpr int kPipelines = 400;
constexpr std::int64_t kDirectInserts = 1000;

Request first_request() {
  WorkSource source({});
  return request_of(source.next(), Shape::kParams, kBusTable);
}

// What differs from one request to the next.
void renew(Request& request, std::int64_t id) {
  request.uuid = make_uuid_v7();
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements[0].params[0].integer = id;
}

double bare_send_us(World& world) {
  BarePush bare(world.redis().socket());
  const std::string envelope = encode_request(first_request());
  const std::string queue(keys::kDefaultQueue);
  const Stopwatch stopwatch;
  for (int i = 0; i < kRoundTrips; ++i) bare.push(queue, envelope);
  return stopwatch.micros() / kRoundTrips;
}

double send_us(World& world) {
  Caller caller(world.redis().socket());
  Request request = first_request();
  const Stopwatch stopwatch;
  for (int i = 0; i < kRoundTrips; ++i) {
    renew(request, i);
    caller.send(request);
  }
  return stopwatch.micros() / kRoundTrips;
}

double bare_pipelined_us(World& world) {
  BarePush bare(world.redis().socket());
  const std::string envelope = encode_request(first_request());
  const std::string queue(keys::kDefaultQueue);
  const Stopwatch stopwatch;
  for (int i = 0; i < kPipelines; ++i) bare.push(queue, envelope, kPipelined);
  return stopwatch.micros() / (kPipelines * kPipelined);
}

double pipelined_us(World& world) {
  Caller caller(world.redis().socket());
  std::vector<Request> requests(kPipelined, first_request());
  const Stopwatch stopwatch;
  for (int i = 0; i < kPipelines; ++i) {
    for (Request& request : requests) renew(request, i);
    caller.send(requests);
  }
  return stopwatch.micros() / (kPipelines * kPipelined);
}

// What the caller would pay without a bus: one durable commit a row.
double direct_insert_us(World& world) {
  PgConnection connection(world.postgres().conninfo());
  connection.prepare("insert", sql_of(Work::Kind::kInsert, kLimitTable));
  WorkSource source({});
  const std::vector<Work> works = source.take(kDirectInserts);
  const Stopwatch stopwatch;
  for (const Work& work : works) connection.run_prepared("insert", params_of(work));
  return stopwatch.micros() / kDirectInserts;
}

std::vector<Quantity> measure(const Options& options, World& world, Quantity cost,
                              double (*limit_us)(World&), double (*bus_us)(World&)) {
  for (int round = 0; round < options.rounds; ++round) {
    world.clear_rows();
    const double limit = limit_us(world);
    world.clear_rows();
    cost.add(limit, bus_us(world));
  }
  world.clear_rows();
  return {std::move(cost)};
}

std::vector<Quantity> measure_send(World& world, const Options& options) {
  Quantity cost{.name = "caller-send",
                .unit = "us",
                .limit_name = "LPUSH of a ready text, hiredis",
                .target = Target::ratio_at_most(1.1),
                .decimals = 1};
  return measure(options, world, std::move(cost), bare_send_us, send_us);
}

std::vector<Quantity> measure_pipelined(World& world, const Options& options) {
  Quantity cost{.name = "caller-pipelined",
                .unit = "us",
                .limit_name = "the same, pipelined",
                .target = Target::bus_at_most(2.5),
                .decimals = 2};
  return measure(options, world, std::move(cost), bare_pipelined_us, pipelined_us);
}

std::vector<Quantity> measure_insert(World& world, const Options& options) {
  Quantity cost{.name = "caller-insert",
                .unit = "us",
                .limit_name = "INSERT and commit on PostgreSQL, direct",
                .decimals = 1};
  world.postgres();
  return measure(options, world, std::move(cost), direct_insert_us, send_us);
}

}  // namespace

std::vector<Case> caller_cases() {
  return {
      {"caller-send", "one request handed over, with its round trip", measure_send},
      {"caller-pipelined", "one request of 500 handed over at once", measure_pipelined},
      {"caller-insert", "one request handed over, beside a direct INSERT", measure_insert},
  };
}

}  // namespace sqlbus::bench
