#include "client/command/bench/bench_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "client/progress_bar.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {

namespace {

using Milliseconds = BenchResult::Milliseconds;

double rate_of(std::size_t count, Milliseconds took) {
  return static_cast<double>(count) * 1000 / std::max(took.count(), 0.001);
}

std::string rate_text(std::size_t count, Milliseconds took) {
  return grouped(std::llround(rate_of(count, took))) + "/s";
}

std::string ms_text(Milliseconds duration) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.2f ms", duration.count());
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string line(const std::string& what, const std::string& value, const std::string& meaning) {
  std::array<char, 200> text{};
  const int size = std::snprintf(text.data(), text.size(), "  %-34s %12s   %s\n", what.c_str(),
                                 value.c_str(), meaning.c_str());
  return {text.data(), std::min(static_cast<std::size_t>(size), text.size() - 1)};
}

}  // namespace

Milliseconds percentile(std::vector<Milliseconds> values, double percent) {
  if (values.empty()) return Milliseconds{0};
  std::sort(values.begin(), values.end());
  const auto rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values[std::min(index, values.size() - 1)];
}

std::string bench_table(const BenchResult& result) {
  const auto count = [](std::size_t number) { return grouped(static_cast<std::int64_t>(number)); };
  const auto all = result.singles + result.pipelined;
  return "on " + result.dbtype + "\n" +
         line("sends, one by one (" + count(result.singles) + ")",
              rate_text(result.singles, result.singles_took),
              "a round trip to Redis each: what a caller waits for") +
         line("sends, pipelined (" + count(result.pipelined) + ")",
              rate_text(result.pipelined, result.pipelined_took),
              "many in one go: how fast a caller gets rid of them") +
         line("inserts applied (" + count(all) + ")", rate_text(all, result.drained_after),
              "from the first send until all were seen in the database") +
         line("queries, half of " + count(result.queries.size()),
              ms_text(percentile(result.queries, 50)),
              "or less: from the question to its answer, one at a time") +
         line("queries, 99 of 100", ms_text(percentile(result.queries, 99)), "or less");
}

std::string bench_json(const BenchResult& result) {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject).name("DBTYPE").string(result.dbtype);
  json.name("singles").integer(static_cast<std::int64_t>(result.singles));
  json.name("singles_per_s").number(rate_of(result.singles, result.singles_took));
  json.name("pipelined").integer(static_cast<std::int64_t>(result.pipelined));
  json.name("pipelined_per_s").number(rate_of(result.pipelined, result.pipelined_took));
  json.name("applied_per_s")
      .number(rate_of(result.singles + result.pipelined, result.drained_after));
  json.name("queries").integer(static_cast<std::int64_t>(result.queries.size()));
  json.name("query_p50_ms").number(percentile(result.queries, 50).count());
  json.name("query_p99_ms").number(percentile(result.queries, 99).count());
  json.close(JsonContainer::kObject);
  return text + "\n";
}

}  // namespace sqlbus
