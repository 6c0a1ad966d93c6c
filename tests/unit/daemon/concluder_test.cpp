#include "daemon/settlement/concluder.hpp"

#include <doctest/doctest.h>

#include "protocol/response_codec.hpp"
#include "tests/unit/daemon/deliveries.hpp"

namespace sqlbus {
namespace {

Request sync_request() {
  Request request;
  request.uuid = "u";
  request.sync = true;
  request.rchannel = "back";
  request.traceparent = "00-a-b-01";
  return request;
}

}  // namespace

TEST_CASE("a response tells its request how it ended and how long it took") {
  const BusClock clock;
  const Concluder concluder("i", clock);
  auto request = sync_request();
  request.timestamp = clock.now() - std::chrono::milliseconds(500);
  const auto outcome = concluder.conclude(test::make_delivery(), request,
                                          {.error = ErrorId::kExecutionFailed,
                                           .message = "no",
                                           .sqlstate = "42601",
                                           .dbtype = "SQLITE",
                                           .started_at = clock.now(),
                                           .executed = std::chrono::microseconds(1500)},
                                          nullptr);
  CHECK(outcome.channel == "back");
  CHECK(outcome.dead_letter.empty());
  const auto response = decode_response(outcome.response);
  REQUIRE(response.ok());
  CHECK(response->error_id == -1);
  CHECK(response->message == "no");
  CHECK(response->sqlstate == "42601");
  CHECK(response->dbtype == "SQLITE");
  CHECK(response->traceparent == "00-a-b-01");
  CHECK(response->executed_ms == 1.5);
  CHECK(response->queued_ms.value_or(0) >= 500);
}

TEST_CASE("a TIMESTAMP from the future is no negative time in the queue") {
  const BusClock clock;
  const Concluder concluder("i", clock);
  auto request = sync_request();
  request.timestamp = clock.now() + std::chrono::hours(1);
  const auto outcome = concluder.conclude(test::make_delivery(), request, {}, nullptr);
  const auto response = decode_response(outcome.response);
  REQUIRE(response.ok());
  CHECK(response->queued_ms == 0.0);
}

TEST_CASE("an async failure becomes a dead letter and no response") {
  const BusClock clock;
  const Concluder concluder("i", clock);
  Request request;
  request.uuid = "u";
  const auto outcome = concluder.conclude(test::make_delivery("{raw}"), request,
                                          {.error = ErrorId::kExecutionFailed}, nullptr);
  CHECK(outcome.channel.empty());
  CHECK(outcome.dead_letter.find("{raw}") != std::string::npos);
}

}  // namespace sqlbus
