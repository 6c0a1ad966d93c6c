// What a bench has measured, for people and programs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace sqlbus {

struct BenchResult {
  using Milliseconds = std::chrono::duration<double, std::milli>;

  std::string dbtype;
  std::size_t singles = 0;  // requests that were sent one by one
  Milliseconds singles_took{0};
  std::size_t pipelined = 0;  // requests that were sent many together
  Milliseconds pipelined_took{0};
  Milliseconds drained_after{0};      // from the first request until the effect of all was seen
  std::vector<Milliseconds> queries;  // how long each was waited for
};

// The value that so many of a hundred do not exceed; 0 where there are none.
BenchResult::Milliseconds percentile(std::vector<BenchResult::Milliseconds> values, double percent);

std::string bench_table(const BenchResult& result);
std::string bench_json(const BenchResult& result);

}  // namespace sqlbus
