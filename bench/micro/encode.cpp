// Rows to a response, and a caller's request to its envelope.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>

#include "bench/micro/benchmarks.hpp"
#include "bench/work.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus::bench {

namespace {

ResponseHead head_of(const std::string& uuid) {
  return {.uuid = uuid, .pid = 4711, .dbtype = "POSTGRESQL", .queued_ms = 0.4, .executed_ms = 0.1};
}

void encode_rows(benchmark::State& state) {
  const std::string uuid = make_uuid_v7();
  const std::array cells = {Cell{.kind = Cell::Kind::kInteger, .integer = 4711},
                            Cell{.kind = Cell::Kind::kText, .text = "somebody"},
                            Cell{.kind = Cell::Kind::kText, .text = "12.50"}};
  for ([[maybe_unused]] auto turn : state) {
    ResultEncoder result({});
    result.begin({{.name = "id", .type = ColumnType::kInt},
                  {.name = "name", .type = ColumnType::kText},
                  {.name = "amount", .type = ColumnType::kDecimal}});
    for (std::int64_t row = 0; row < state.range(0); ++row) result.add_row(cells);
    benchmark::DoNotOptimize(encode_response(head_of(uuid), &result));
  }
  state.SetItemsProcessed(state.iterations());
}

void encode_done(benchmark::State& state) {
  const std::string uuid = make_uuid_v7();
  for ([[maybe_unused]] auto turn : state) {
    benchmark::DoNotOptimize(encode_response(head_of(uuid), nullptr));
  }
  state.SetItemsProcessed(state.iterations());
}

void encode_envelope(benchmark::State& state) {
  WorkSource source({});
  const Request request = request_of(source.next(), Shape::kParams, "orders");
  for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(encode_request(request));
  state.SetItemsProcessed(state.iterations());
}

void make_uuid(benchmark::State& state) {
  for ([[maybe_unused]] auto turn : state) benchmark::DoNotOptimize(make_uuid_v7());
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void register_encode() {
  benchmark::RegisterBenchmark("encode/rows", encode_rows)->Arg(1)->Arg(100);
  benchmark::RegisterBenchmark("encode/done", encode_done);
  benchmark::RegisterBenchmark("encode/envelope", encode_envelope);
  benchmark::RegisterBenchmark("uuid/v7", make_uuid);
}

}  // namespace sqlbus::bench
