#include "client/redis_url.hpp"

#include <doctest/doctest.h>

using sqlbus::parse_redis_url;
using sqlbus::RedisAddress;

TEST_CASE("a Redis URL names host, port, user, password and database") {
  struct Case {
    const char* url;
    RedisAddress address;
  };
  const Case cases[] = {
      {"redis://", {}},
      {"redis://cache", {.host = "cache"}},
      {"redis://cache/", {.host = "cache"}},
      {"redis://cache:7000/3", {.host = "cache", .port = 7000, .database = 3}},
      {"redis://:secret@cache", {.host = "cache", .password = "secret"}},
      {"redis://me:a%40b%2Fc%25@h", {.host = "h", .username = "me", .password = "a@b/c%"}},
      {"redis://me:a@b@h", {.host = "h", .username = "me", .password = "a@b"}},
      {"redis://[::1]", {.host = "::1"}},
      {"redis://[::1]:6380/1", {.host = "::1", .port = 6380, .database = 1}},
      {"unix:///run/redis.sock", {.unix_socket = "/run/redis.sock"}},
      {"unix:///run/redis.sock?db=2", {.unix_socket = "/run/redis.sock", .database = 2}},
      {"unix://me:pw@/run/r.sock",
       {.unix_socket = "/run/r.sock", .username = "me", .password = "pw"}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.url);
    const auto parsed = parse_redis_url(each.url);
    REQUIRE(parsed.ok());
    CHECK(*parsed == each.address);
  }
}

TEST_CASE("what is no Redis URL is refused") {
  const char* const cases[] = {
      "",
      "cache:6379",
      "http://cache",
      "rediss://cache",
      "redis://cache:0",
      "redis://cache:65536",
      "redis://cache:",
      "redis://cache:12x",
      "redis://cache/x",
      "redis://cache/-1",
      "redis://[::1",
      "redis://[::1]6379",
      "redis://a%zz:b@cache",
      "redis://a%4@cache",
      "unix://run/redis.sock",
      "unix:///run/redis.sock?db=",
      "unix:///run/redis.sock?database=1",
  };
  for (const char* url : cases) {
    CAPTURE(url);
    CHECK_FALSE(parse_redis_url(url).ok());
  }
}

TEST_CASE("an error about a Redis URL does not repeat the password") {
  for (const char* url : {"redis://me:hunter2@cache:x", "redis://me:hunter2%@cache",
                          "tcp://me:hunter2@cache", "unix://me:hunter2@run"}) {
    CAPTURE(url);
    const auto parsed = parse_redis_url(url);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a description of an address holds no secret") {
  CHECK(describe(RedisAddress{.host = "cache", .port = 7000, .password = "x"}) == "cache:7000");
  CHECK(describe(RedisAddress{.unix_socket = "/run/r.sock", .password = "x"}) == "/run/r.sock");
}
