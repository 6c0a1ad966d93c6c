// A Redis that answers, but slowly.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "tests/integration/scene.hpp"
#include "tests/support/slow_relay.hpp"

namespace sqlbus::test {

// The pieces of this envelope take longer together than the daemon waits for an answer, and each by
// itself does not.
TEST_CASE("an envelope that comes slowly is waited for as long as it comes") {
  PrivateRedis redis;
  const SlowRelay relay(redis.socket(), 100'000, std::chrono::milliseconds(600));
  const TempDir dir;
  PrivateBus bus({.redis_socket = relay.socket(),
                  .redis_lines = "operate_timeout = 2s",
                  .database = sqlite_section(dir / "bus.db"),
                  .limits = "lease = 1s"});  // a third of it the pop waits, besides
  REQUIRE(bus.wait_ready());
  const std::string text(750'000, 'x');
  const auto start = std::chrono::steady_clock::now();
  redis.command(
      {"LPUSH", kQueue,
       R"json({"UUID":"slow-1","APP":"t","PID":1,"TYPE":"REQUEST","SYNC":true,"TIMESTAMP":0,)json"
       R"json("RCHANNEL":"slow-answer","STATEMENT":"select length(?)","PARAMS":[")json" +
           text + "\"]}"});
  const auto reply = redis.command({"BRPOP", "slow-answer", "30"});
  INFO(bus.log());
  REQUIRE_FALSE(reply.is_nil());
  CHECK(reply[1].text.find(R"([["750000"]])") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - start > std::chrono::seconds(3));
  CHECK(bus.log().find("no answer in time") == std::string::npos);
}

}  // namespace sqlbus::test
