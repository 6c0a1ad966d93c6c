// Envelope to Request, and what admission looks at in it.

#include <benchmark/benchmark.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "bench/micro/benchmarks.hpp"
#include "bench/work.hpp"
#include "daemon/admission/statement_kind.hpp"
#include "protocol/ledger_entry.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus::bench {

namespace {

constexpr std::size_t kBytesMax = std::size_t{1} << 20U;
constexpr const char* kTable = "orders";

Request request_for(Shape shape) {
  WorkSource source({});
  return request_of(source.next(), shape, kTable);
}

void decode(benchmark::State& state, Shape shape) {
  const std::string envelope = encode_request(request_for(shape));
  for ([[maybe_unused]] auto turn : state) {
    auto decoded = decode_request(envelope, kBytesMax);
    if (!std::holds_alternative<Request>(decoded)) throw std::logic_error("not decoded");
    benchmark::DoNotOptimize(decoded);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * std::ssize(envelope));
}

void classify(benchmark::State& state, Shape shape) {
  const std::string sql = request_for(shape).statements[0].sql.str();
  for ([[maybe_unused]] auto turn : state) {
    benchmark::DoNotOptimize(kind_of(sql));
    benchmark::DoNotOptimize(leaves_traces(sql));
  }
  state.SetItemsProcessed(state.iterations());
}

void identify(benchmark::State& state, Shape shape) {
  const Request request = request_for(shape);
  for ([[maybe_unused]] auto turn : state) {
    benchmark::DoNotOptimize(ledger_id_of(request.uuid));
    benchmark::DoNotOptimize(digest_of(request));
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

void register_decode() {
  const std::pair<const char*, Shape> shapes[] = {{"params", Shape::kParams},
                                                  {"literal", Shape::kLiteral}};
  for (const auto& [name, shape] : shapes) {
    const std::string of = std::string("/") + name;
    benchmark::RegisterBenchmark(("decode" + of).c_str(), decode, shape);
    benchmark::RegisterBenchmark(("classify" + of).c_str(), classify, shape);
    benchmark::RegisterBenchmark(("identify" + of).c_str(), identify, shape);
  }
}

}  // namespace sqlbus::bench
