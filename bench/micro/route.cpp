// Which lane a request goes to.

#include <benchmark/benchmark.h>

#include "bench/micro/benchmarks.hpp"
#include "bench/work.hpp"
#include "daemon/router/router.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::size_t kLanes = 4;

void route(benchmark::State& state, bool has_key) {
  WorkSource source({});
  Request request = request_of(source.next(), Shape::kParams, "orders");
  if (has_key) request.key = "customer 4711";
  for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(order_of(request) % kLanes);
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void register_route() {
  benchmark::RegisterBenchmark("route/caller", route, false);
  benchmark::RegisterBenchmark("route/key", route, true);
}

}  // namespace sqlbus::bench
