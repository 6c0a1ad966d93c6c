#include "daemon/settlement/request_log.hpp"

#include <doctest/doctest.h>

#include "tests/unit/daemon/deliveries.hpp"
#include "tests/unit/daemon/recording_log.hpp"

namespace sqlbus {
namespace {

using Level = Log::Level;
using Fields = std::map<std::string, std::string>;

Request request_of(bool sync) {
  Request request;
  request.uuid = "u";
  request.app = "shop";
  request.sync = sync;
  if (sync) request.rchannel = "back";
  return request;
}

struct RequestLogBench {
  explicit RequestLogBench(Level level = Level::kInfo) : log(level) {}

  test::RecordingLog log;
  BusClock clock;
  Concluder concluder{"i", clock, &log};
};

}  // namespace

TEST_CASE("a failure is told with its numbers, and not with what the database said") {
  RequestLogBench bench;
  const Verdict verdict{.error = ErrorId::kExecutionFailed,
                        .message = "Key (id)=(4711) already exists",
                        .sqlstate = "23505",
                        .database = "orders",
                        .executed = std::chrono::microseconds(1500)};
  bench.concluder.conclude(test::make_delivery(), request_of(true), verdict, nullptr);
  bench.concluder.conclude(test::make_delivery(), request_of(false), verdict, nullptr);
  const auto lines = bench.log.take();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].level == Level::kInfo);
  CHECK(lines[0].message == "request failed");
  Fields fields = {{"uuid", "u"},         {"app", "shop"},       {"queue", "q"},
                   {"errorid", "-1"},     {"sqlstate", "23505"}, {"took_ms", "1.500"},
                   {"database", "orders"}};
  CHECK(lines[0].fields == fields);
  CHECK(lines[1].level == Level::kWarning);
  fields.emplace("dead_letter", "yes");
  CHECK(lines[1].fields == fields);
}

TEST_CASE("success is told at level debug only") {
  RequestLogBench bench;
  bench.concluder.conclude(test::make_delivery(), request_of(true), {}, nullptr);
  CHECK(bench.log.lines().empty());
  RequestLogBench debug(Level::kDebug);
  debug.concluder.conclude(test::make_delivery(), request_of(true), {}, nullptr);
  REQUIRE(debug.log.lines().size() == 1);
  CHECK(debug.log.lines()[0].message == "request done");
}

TEST_CASE("an envelope that is no request is told with what could be read of it") {
  RequestLogBench bench;
  bench.concluder.refuse(
      test::make_delivery(),
      {.error = ErrorId::kInvalidField, .message = "PID: is a number", .uuid = "u", .app = "shop"});
  REQUIRE(bench.log.lines().size() == 1);
  const auto line = bench.log.take()[0];
  CHECK(line.message == "request refused");
  CHECK(line.fields.at("uuid") == "u");
  CHECK(line.fields.at("app") == "shop");
  CHECK(line.fields.at("reason") == "PID: is a number");
}

TEST_CASE("copies and those that wait are told, and waiting is no failure") {
  RequestLogBench bench(Level::kDebug);
  bench.concluder.repeat(test::make_delivery(), request_of(true), {.database = "orders"}, "");
  CHECK(bench.log.take().at(0).fields.at("uuid") == "u");
  bench.concluder.wait(test::make_delivery(), request_of(true), "orders", EpochTime::max());
  const auto lines = bench.log.take();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].message == "request waits for its database");
  CHECK(lines[0].fields.at("database") == "orders");
}

}  // namespace sqlbus
