#include "client/command/bus_address.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

using sqlbus::CommandOptions;
using sqlbus::find_bus;

namespace {

// SQLBUS_REDIS as a test wants it, and as it was afterwards unset.
struct EnvironmentUrl {
  explicit EnvironmentUrl(const char* url) { setenv("SQLBUS_REDIS", url, 1); }
  ~EnvironmentUrl() { unsetenv("SQLBUS_REDIS"); }
  EnvironmentUrl(const EnvironmentUrl&) = delete;
  EnvironmentUrl& operator=(const EnvironmentUrl&) = delete;
};

}  // namespace

TEST_CASE("--redis wins over the environment") {
  const EnvironmentUrl environment("redis://other");
  CommandOptions options;
  options.redis_url = "redis://mine/4";
  const auto bus = find_bus(options);
  REQUIRE(bus.ok());
  CHECK(bus->redis.host == "mine");
  CHECK(bus->redis.database == 4);
  CHECK(bus->queue == "SqlBusDefaultQueue");
}

TEST_CASE("SQLBUS_REDIS names the Redis where no option does") {
  const EnvironmentUrl environment("unix:///run/r.sock");
  const auto bus = find_bus({});
  REQUIRE(bus.ok());
  CHECK(bus->redis.unix_socket == "/run/r.sock");
}

TEST_CASE("a wrong URL is told with the place that it comes from") {
  const EnvironmentUrl environment("nonsense");
  const auto bus = find_bus({});
  REQUIRE_FALSE(bus.ok());
  CHECK(bus.error().message.starts_with("SQLBUS_REDIS: "));
}

TEST_CASE("--config takes Redis and the highest queue from the bus's file") {
  const sqlbus::test::TempDir dir;
  sqlbus::test::write_text_file(dir / "sqlbus.ini",
                                "[default]\ndatabase = main\n[redis]\nhost = cache\nport = 7000\n"
                                "username = me\npassword = pw\ndatabase = 2\nqueue = high, low\n"
                                "[main]\ndriver = sqlite\ndatabase = /tmp/x.db\n");
  CommandOptions options;
  options.config_file = dir / "sqlbus.ini";
  const auto bus = find_bus(options);
  REQUIRE_MESSAGE(bus.ok(), bus.error().message);
  CHECK(bus->redis == sqlbus::RedisAddress{.host = "cache",
                                           .port = 7000,
                                           .unix_socket = {},
                                           .username = "me",
                                           .password = "pw",
                                           .database = 2});
  CHECK(bus->queue == "high");
}

TEST_CASE("--queue wins, and a name that cannot be a queue is refused") {
  CommandOptions options;
  options.redis_url = "redis://h";
  options.queue = "urgent";
  CHECK(find_bus(options)->queue == "urgent");
  options.queue = "{x}";
  CHECK_FALSE(find_bus(options).ok());
}

TEST_CASE("a configuration file that is not there is an error") {
  CommandOptions options;
  options.config_file = "/nonexistent/sqlbus.ini";
  CHECK_FALSE(find_bus(options).ok());
}
