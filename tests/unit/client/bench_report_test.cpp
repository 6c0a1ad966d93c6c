#include "client/command/bench/bench_report.hpp"

#include <doctest/doctest.h>

using sqlbus::BenchResult;
using Milliseconds = BenchResult::Milliseconds;

TEST_CASE("a percentile is a value that was measured") {
  std::vector<Milliseconds> values;
  for (int i = 100; i >= 1; --i) values.emplace_back(i);
  CHECK(sqlbus::percentile(values, 50).count() == 50);
  CHECK(sqlbus::percentile(values, 99).count() == 99);
  CHECK(sqlbus::percentile(values, 100).count() == 100);
  CHECK(sqlbus::percentile({Milliseconds(7)}, 99).count() == 7);
  CHECK(sqlbus::percentile({}, 50).count() == 0);
}

TEST_CASE("the numbers of a bench are rates and times, for people and programs") {
  BenchResult result;
  result.dbtype = "SQLITE";
  result.singles = 100;
  result.singles_took = Milliseconds(10);
  result.pipelined = 900;
  result.pipelined_took = Milliseconds(20);
  result.drained_after = Milliseconds(500);
  result.queries = {Milliseconds(0.25), Milliseconds(0.5)};
  const auto table = sqlbus::bench_table(result);
  for (const char* part : {"on SQLITE", "10,000/s", "45,000/s", "2,000/s", "0.25 ms", "0.50 ms"}) {
    CAPTURE(part);
    CHECK(table.find(part) != std::string::npos);
  }
  CHECK(sqlbus::bench_json(result) ==
        R"({"DBTYPE":"SQLITE","singles":100,"singles_per_s":10000,"pipelined":900,)"
        R"("pipelined_per_s":45000,"applied_per_s":2000,"queries":2,"query_p50_ms":0.25,)"
        R"("query_p99_ms":0.5})"
        "\n");
}
