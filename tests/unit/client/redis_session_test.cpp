#include "client/redis_session.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>

#include "client/resp.hpp"
#include "tests/support/private_redis.hpp"

namespace sqlbus {
namespace {

using std::chrono::milliseconds;

RedisSession connect(const test::PrivateRedis& redis, milliseconds timeout) {
  auto session = RedisSession::connect({.unix_socket = redis.socket()}, timeout);
  REQUIRE(session.ok());
  return *std::move(session);
}

}  // namespace

TEST_CASE("a Redis that does not answer is given up after the timeout, also in a pipeline") {
  test::PrivateRedis redis;
  RedisSession session = connect(redis, milliseconds{50});
  redis.pause();
  session.append(std::array<std::string_view, 1>{"PING"});
  const auto reply = session.read();
  redis.resume();
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.error().message == "no answer in time");
  CHECK(session.is_broken());
}

TEST_CASE("a Redis that is gone is an error and no signal") {
  test::PrivateRedis redis;
  RedisSession session = connect(redis, milliseconds{5000});
  CHECK(session.is_alive());
  redis.kill9();
  CHECK_FALSE(session.is_alive());
  CHECK_FALSE(session.command({"PING"}).ok());
  CHECK(session.is_broken());
}

TEST_CASE("commands that are RESP already are sent as they stand") {
  test::PrivateRedis redis;
  RedisSession session = connect(redis, milliseconds{5000});
  const std::string_view push[] = {"LPUSH", "list", std::string_view("a\0\r\n", 4)};
  std::string resp;
  append_resp(resp, push);
  append_resp(resp, push);
  REQUIRE(session.write(resp).ok());
  CHECK((*session.read()).integer == 1);
  CHECK((*session.read()).integer == 2);
  CHECK((*session.command({"LINDEX", "list", "0"})).text == push[2]);
  CHECK(session.is_alive());
}

TEST_CASE("RESP has the number of arguments and the size of each") {
  const std::string_view command[] = {"GET", "", "ten bytes."};
  std::string resp;
  append_resp(resp, command);
  CHECK(resp == "*3\r\n$3\r\nGET\r\n$0\r\n\r\n$10\r\nten bytes.\r\n");
  CHECK(resp_head(100'002) == "*100002\r\n");
}

}  // namespace sqlbus
