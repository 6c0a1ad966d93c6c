#include "daemon/admission/admission.hpp"

#include <doctest/doctest.h>

#include "protocol/dead_letter.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"
#include "tests/unit/daemon/deliveries.hpp"

namespace sqlbus {
namespace {

Settings make_settings() {
  Settings settings;
  settings.default_database = "main";
  settings.redis.queues = {"q"};
  settings.databases.push_back({.name = "main", .driver = "sqlite"});
  settings.databases.push_back({.name = "other", .driver = "sqlite"});
  return settings;
}

Request make_request(std::string sql, bool sync = true) {
  Request request;
  request.uuid = "u";
  request.app = "a";
  request.sync = sync;
  if (sync) request.rchannel = "back";
  request.statements.push_back({std::move(sql), {}});
  return request;
}

struct House {
  Settings settings = make_settings();
  BusClock clock;
  Concluder concluder{"instance", clock};
  Admission admission{settings, clock, concluder, [](std::string_view channel) {
                        return channel == "q" || channel.starts_with("{q}:");
                      }};

  std::variant<Admitted, Outcome> admit(const Request& request, std::int64_t deliveries = 0) {
    envelope = encode_request(request);
    auto delivery = test::make_delivery(envelope);
    delivery.deliveries = deliveries;
    return admission.admit(std::move(delivery));
  }
  std::string envelope;
};

}  // namespace

TEST_CASE("a sound request is admitted with its database and how it may run") {
  House house;
  struct Case {
    std::string sql;
    bool sync;
    Admitted::Mode mode;
  };
  for (const auto& c : {Case{"insert into t values (1)", false, Admitted::Mode::kGroup},
                        Case{"insert into t values (1)", true, Admitted::Mode::kGroup},
                        Case{"select 1", true, Admitted::Mode::kQuery},
                        Case{"select log_it(1)", false, Admitted::Mode::kGroup},
                        Case{"create table t (i int)", true, Admitted::Mode::kAlone}}) {
    CAPTURE(c.sql);
    auto request = make_request(c.sql, c.sync);
    request.database = "other";
    const auto admitted = house.admit(request);
    REQUIRE(std::holds_alternative<Admitted>(admitted));
    CHECK(std::get<Admitted>(admitted).database == 1);
    CHECK(std::get<Admitted>(admitted).mode == c.mode);
  }
}

TEST_CASE("a blocking query is known by its envelope alone") {
  House house;
  CHECK(house.admission.database_of_query(encode_request(make_request("select 1"))) == 0);
  auto elsewhere = make_request("select 1");
  elsewhere.database = "other";
  CHECK(house.admission.database_of_query(encode_request(elsewhere)) == 1);
  elsewhere.database = "nope";
  CHECK_FALSE(house.admission.database_of_query(encode_request(elsewhere)));
  CHECK_FALSE(house.admission.database_of_query(encode_request(make_request("select 1", false))));
  CHECK_FALSE(house.admission.database_of_query(encode_request(make_request("delete from t"))));
  CHECK_FALSE(house.admission.database_of_query("no JSON"));
}

TEST_CASE("what may not run ends with its ERRORID, answered and kept by the error table") {
  House house;
  auto unknown = make_request("select 1");
  unknown.database = "nope";
  auto expired = make_request("select 1");
  expired.deadline = house.clock.now() - std::chrono::milliseconds(1);
  auto reserved = make_request("select 1");
  reserved.rchannel = "q";
  auto key = make_request("select 1");
  key.rchannel = "{q}:dead";
  struct Case {
    Request request;
    std::int64_t deliveries;
    ErrorId error;
    bool is_answered;
    bool is_dead;
  };
  for (const auto& c :
       {Case{unknown, 0, ErrorId::kUnknownDatabase, true, true},
        Case{expired, 0, ErrorId::kExpired, true, false},
        Case{reserved, 0, ErrorId::kInvalidField, false, true},
        Case{key, 0, ErrorId::kInvalidField, false, true},
        Case{make_request("begin"), 0, ErrorId::kStatementRefused, true, true},
        Case{make_request("select 1"), 3, ErrorId::kDeliveriesExhausted, true, true}}) {
    const auto admitted = house.admit(c.request, c.deliveries);
    REQUIRE(std::holds_alternative<Outcome>(admitted));
    const auto& outcome = std::get<Outcome>(admitted);
    CHECK(static_cast<int>(outcome.error) == static_cast<int>(c.error));
    CHECK(outcome.channel.empty() == !c.is_answered);
    CHECK(outcome.dead_letter.empty() == !c.is_dead);
    if (c.is_answered) {
      const auto response = decode_response(outcome.response);
      REQUIRE(response.ok());
      CHECK(response->error_id == static_cast<int>(c.error));
      CHECK(response->uuid == "u");
    }
    if (c.is_dead) {
      const auto letter = decode_dead_letter(outcome.dead_letter);
      REQUIRE(letter.ok());
      CHECK(letter->request == house.envelope);
      CHECK(letter->attempts == c.deliveries + 1);
      CHECK(letter->instance == "instance");
    }
  }
}

TEST_CASE("a request before its time is delayed, one after it runs") {
  House house;
  auto later = make_request("select 1", false);
  later.not_before = house.clock.now() + std::chrono::hours(1);
  const auto delayed = house.admit(later);
  REQUIRE(std::holds_alternative<Outcome>(delayed));
  CHECK(std::get<Outcome>(delayed).delay_until == later.not_before);
  later.not_before = house.clock.now() - std::chrono::hours(1);
  CHECK(std::holds_alternative<Admitted>(house.admit(later)));
}

}  // namespace sqlbus
