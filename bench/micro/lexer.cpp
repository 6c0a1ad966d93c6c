// An INSERT's text taken apart by the PostgreSQL driver, which it does before it merges neighbours.

#include <benchmark/benchmark.h>

#include <deque>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/micro/benchmarks.hpp"
#include "bench/work.hpp"
#include "drivers/postgres/insert_text.hpp"
#include "drivers/postgres/sql_scanner.hpp"

namespace sqlbus::bench {

namespace {

std::string insert_of(Shape shape) {
  WorkSource source({});
  return request_of(source.next(), shape, "orders").statements[0].sql.str();
}

// All that a text can have which has to be read past or changed.
constexpr const char* kEscaped =
    "INSERT INTO \"shop\".\"the orders\" /* of /* all */ */ (id, name, note, at)\n"
    "VALUES (-17, 'it''s', E'a\\tb\\'c', $note$as it's written$note$) -- the end";

// Only its end tells that it must not be merged.
std::string refused() { return insert_of(Shape::kLiteral) + " ON CONFLICT DO NOTHING"; }

void parse(benchmark::State& state, const std::string& sql, bool is_insert) {
  for ([[maybe_unused]] auto turn : state) {
    std::deque<std::string> unescaped;
    auto insert = postgres::parse_insert(sql, unescaped);
    if (insert.has_value() != is_insert) throw std::logic_error("not read as it should be");
    benchmark::DoNotOptimize(insert);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * std::ssize(sql));
}

void scan_string(benchmark::State& state) {
  const std::string sql = "'" + std::string(static_cast<std::size_t>(state.range(0)), 'x') + "'";
  for ([[maybe_unused]] auto turn : state) {
    std::deque<std::string> unescaped;
    postgres::SqlScanner scanner(sql);
    benchmark::DoNotOptimize(scanner.take_string(unescaped));
    if (!scanner.is_at_end()) throw std::logic_error("not read to its end");
  }
  state.SetBytesProcessed(state.iterations() * std::ssize(sql));
}

}  // namespace

void register_lexer() {
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("lexer/params", parse, insert_of(Shape::kParams), true);
  RegisterBenchmark("lexer/literal", parse, insert_of(Shape::kLiteral), true);
  RegisterBenchmark("lexer/escaped", parse, std::string(kEscaped), true);
  RegisterBenchmark("lexer/refused", parse, refused(), false);
  RegisterBenchmark("lexer/string", scan_string)->Arg(16)->Arg(4096);
}

}  // namespace sqlbus::bench
