#include "client/command/bench/bench.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <optional>
#include <span>
#include <utility>

#include "client/bus_client.hpp"
#include "client/command/answer_printer.hpp"
#include "client/command/bench/bench_report.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/load/placeholder.hpp"
#include "client/command/load/stop_signals.hpp"
#include "client/command/query.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPipelined = 100;
constexpr std::size_t kSinglesMax = 2000;
constexpr milliseconds kSlice{200};

// Why it ended before its time; an empty message: a signal.
struct Failure {
  std::string message;
  ExitCode code = ExitCode::kUnreachable;
};
using Fault = std::optional<Failure>;

class Bench {
 public:
  Bench(const CommandOptions& options, BusClient bus, LoadOptions::Placeholder placeholder,
        StopSignals& stop)
      : options_(options), bus_(std::move(bus)), stop_(stop) {
    // The last digits of a UUID are random.
    table_ = "sqlbus_bench_" + make_uuid_v7().substr(24);
    insert_ = "insert into " + table_ + " values (" +
              (placeholder == LoadOptions::Placeholder::kQuestion ? "?" : "$1") + ")";
  }

  // The table is dropped whatever happens, if only the bus answers.
  Fault run(BenchResult& result) {
    if (auto fault = ask("create table " + table_ + " (i integer)")) return fault;
    auto fault = measure(result);
    auto not_dropped = ask("drop table " + table_, true);
    if (not_dropped) not_dropped->message = "drop table " + table_ + ": " + not_dropped->message;
    return fault ? fault : not_dropped;
  }

 private:
  Fault measure(BenchResult& result) {
    if (auto fault = time_queries(result)) return fault;
    const auto start = Clock::now();
    result.singles = std::min(options_.bench.requests / 10 + 1, kSinglesMax);
    if (auto fault = send(result.singles, 1)) return fault;
    result.singles_took = Clock::now() - start;
    const auto middle = Clock::now();
    result.pipelined = std::max(options_.bench.requests, result.singles) - result.singles;
    if (auto fault = send(result.pipelined, kPipelined)) return fault;
    result.pipelined_took = Clock::now() - middle;
    // It sees the writes of its own caller that were sent before.
    std::string seen;
    if (auto fault = ask("select count(*) from " + table_, false, &seen)) return fault;
    result.drained_after = Clock::now() - start;
    const auto sent = std::to_string(result.singles + result.pipelined);
    if (seen == sent) return std::nullopt;
    return Failure{.message = seen + " of " + sent + " inserts are there: sqlbus dead ls",
                   .code = ExitCode::kRefused};
  }

  Fault time_queries(BenchResult& result) {
    for (std::size_t i = 0; i < options_.bench.queries; ++i) {
      const auto start = Clock::now();
      if (auto fault = ask("select 1")) return fault;
      result.queries.emplace_back(Clock::now() - start);
    }
    result.dbtype = dbtype_;
    return std::nullopt;
  }

  Fault send(std::size_t count, std::size_t together) {
    CommandOptions async = options_;
    async.sync = false;
    std::vector<Request> batch;
    for (std::size_t i = 0; i < count; ++i) {
      const Value value{.kind = Value::Kind::kInteger, .integer = static_cast<std::int64_t>(i)};
      batch.push_back(make_request(async, insert_, Params{value}));
      if (batch.size() < together && i + 1 < count) continue;
      if (Status sent = bus_.send(batch); !sent) return Failure{.message = sent.error().message};
      batch.clear();
      if (stop_.caught() != 0) return Failure{};
    }
    return std::nullopt;
  }

  // Without a DEADLINE: what is ahead of it takes the time that it takes. `is_last`: also after a
  // signal.
  Fault ask(const std::string& sql, bool is_last = false, std::string* cell = nullptr) {
    const Request request = make_request(options_, sql);
    if (Status sent = bus_.send(request); !sent) return Failure{.message = sent.error().message};
    const auto end = Clock::now() + patience();
    for (;;) {
      auto answer = bus_.await(request, kSlice);
      if (!answer) return Failure{.message = answer.error().message};
      if (*answer) return judge((**answer).response, cell);
      if (!is_last && stop_.caught() != 0) return Failure{};
      if (Clock::now() >= end) {
        return Failure{.message = "no answer within --timeout", .code = ExitCode::kTimeout};
      }
    }
  }

  Fault judge(const Response& response, std::string* cell) {
    if (response.error_id != 0) {
      return Failure{.message = error_text(response), .code = ExitCode::kRefused};
    }
    dbtype_ = response.dbtype;
    if (cell != nullptr && response.rows.size() == 1) *cell = response.rows[0][0].text;
    return std::nullopt;
  }

  // The requests that were sent before take their time too: a thousand a second at least.
  milliseconds patience() const {
    return options_.timeout + milliseconds(static_cast<std::int64_t>(options_.bench.requests));
  }

  const CommandOptions& options_;
  BusClient bus_;
  StopSignals& stop_;
  std::string table_;
  std::string insert_;
  std::string dbtype_;
};

// Nobody is asked where nobody can answer.
bool is_agreed(const CommandOptions& options) {
  if (options.bench.yes) return true;
  if (isatty(STDIN_FILENO) != 1) return false;
  std::cerr << "This sends " << options.bench.requests << " inserts into a new table of "
            << options.database.value_or("the default database") << ", and drops it. Go on? [y/N] ";
  std::string line;
  std::getline(std::cin, line);
  return line == "y" || line == "Y" || line == "yes";
}

ExitCode bench(const CommandOptions& options, const BusAddress& address, StopSignals& stop) {
  auto redis = RedisSession::connect(address.redis, address.connect_timeout);
  if (!redis) return complain(redis.error().message, ExitCode::kUnreachable);
  const auto placeholder = placeholder_of(driver_of(*redis, options, address.queue));
  auto bus = BusClient::connect(address.redis, address.queue, address.connect_timeout);
  if (!bus) return complain(bus.error().message, ExitCode::kUnreachable);
  BenchResult result;
  const auto fault = Bench(options, *std::move(bus), placeholder, stop).run(result);
  if (fault && fault->message.empty()) return ExitCode::kOk;  // a signal
  if (fault) return complain(fault->message, fault->code);
  std::cout << (options.bench.json ? bench_json(result) : bench_table(result));
  return ExitCode::kOk;
}

}  // namespace

ExitCode run_bench(const CommandOptions& given) {
  CommandOptions options = given;
  options.sync = true;
  auto address = find_bus(options);
  if (!address) return complain(address.error().message, ExitCode::kUsage);
  if (!is_agreed(options)) return complain("not without a yes (--yes)", ExitCode::kUsage);
  int signal = 0;
  auto code = ExitCode::kOk;
  {
    StopSignals stop;
    code = bench(options, *address, stop);
    signal = stop.caught();
  }
  if (signal != 0) raise(signal);
  return code;
}

}  // namespace sqlbus
