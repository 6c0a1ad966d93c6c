#include "client/library/caller_settings.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "client/library/sized_struct.hpp"

namespace sqlbus {
namespace {

sqlbus_options no_options() {
  sqlbus_options options{};
  options.struct_size = sizeof options;
  return options;
}

std::string refusal_of(const sqlbus_options& options) {
  const auto settings = read_options("redis://", &options);
  REQUIRE_FALSE(settings.ok());
  return settings.error().message;
}

}  // namespace

TEST_CASE("without options everything has its default") {
  const sqlbus_options empty = no_options();
  for (const sqlbus_options* options : {static_cast<const sqlbus_options*>(nullptr), &empty}) {
    const auto settings = read_options("redis://cache:7000/2", options);
    REQUIRE(settings.ok());
    CHECK(settings->redis == RedisAddress{.host = "cache", .port = 7000, .database = 2});
    CHECK(settings->queue == "SqlBusDefaultQueue");
    CHECK(settings->app.ends_with("library_unit_test"));
    CHECK(settings->timeouts.connect == std::chrono::seconds{5});
    CHECK(settings->request_bytes_max == 32U << 20U);
    CHECK(settings->queue_max == 0);
    CHECK(settings->buffer.count_max == 500);
  }
}

TEST_CASE("the path of a socket is an address") {
  const auto settings = read_options("/run/redis.sock", nullptr);
  REQUIRE(settings.ok());
  CHECK(settings->redis.unix_socket == "/run/redis.sock");
}

TEST_CASE("options are taken as they are given") {
  sqlbus_options options = no_options();
  options.queue = "orders";
  options.app = "shop";
  options.connect_timeout_ms = 10;
  options.answer_timeout_ms = 20;
  options.request_bytes_max = 1000;
  options.queue_max = 7;
  options.buffer_count_max = 8;
  options.buffer_bytes_max = 9;
  options.buffer_age_max_ms = 11;
  const auto settings = read_options("redis://", &options);
  REQUIRE(settings.ok());
  CHECK(settings->queue == "orders");
  CHECK(settings->app == "shop");
  CHECK(settings->timeouts.connect.count() == 10);
  CHECK(settings->timeouts.answer.count() == 20);
  CHECK(settings->request_bytes_max == 1000);
  CHECK(settings->queue_max == 7);
  CHECK(settings->buffer.count_max == 8);
  CHECK(settings->buffer.bytes_max == 9);
  CHECK(settings->buffer.age_max.count() == 11);
}

TEST_CASE("options that cannot be meant are refused") {
  CHECK_FALSE(read_options(nullptr, nullptr).ok());
  CHECK_FALSE(read_options("cache", nullptr).ok());
  CHECK_FALSE(read_options(("/" + std::string(107, 'x')).c_str(), nullptr).ok());
  sqlbus_options options{};
  CHECK(refusal_of(options).find("struct_size") != std::string::npos);
  options = no_options();
  options.queue = "{q}";
  CHECK(refusal_of(options).starts_with("queue: "));
  options = no_options();
  const std::string long_app(129, 'a');
  options.app = long_app.c_str();
  CHECK(refusal_of(options).starts_with("app: "));
  options = no_options();
  options.buffer_count_max = 100'001;
  CHECK(refusal_of(options).starts_with("buffer_count_max: "));
  options = no_options();
  options.buffer_bytes_max = (128U << 20U) + 1;
  CHECK(refusal_of(options).starts_with("buffer_bytes_max: "));
}

TEST_CASE("of a struct of another version, what both know counts") {
  struct Newer {
    sqlbus_options known;
    int unknown;
  } newer{.known = no_options(), .unknown = 5};
  newer.known.struct_size = sizeof newer;
  newer.known.queue_max = 3;
  CHECK(sized_copy(newer.known).queue_max == 3);

  sqlbus_options older = no_options();
  older.queue_max = 3;
  older.buffer_count_max = 4;
  older.struct_size = offsetof(sqlbus_options, buffer_count_max);
  CHECK(sized_copy(older).queue_max == 3);
  CHECK(sized_copy(older).buffer_count_max == 0);
}

}  // namespace sqlbus
