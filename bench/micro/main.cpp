// sqlbus-micro-bench: single steps of a request's way, by Google Benchmark and with its flags.

#include <benchmark/benchmark.h>

#include "bench/micro/benchmarks.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  sqlbus::bench::register_decode();
  sqlbus::bench::register_route();
  sqlbus::bench::register_lexer();
  sqlbus::bench::register_encode();
  sqlbus::bench::register_sqlite_groups();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
