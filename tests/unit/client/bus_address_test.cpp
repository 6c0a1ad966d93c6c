#include "client/command/bus_address.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "daemon/config/parse_settings.hpp"
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

TEST_CASE("what only the daemon can know is missed where it is needed, and nowhere else") {
  const sqlbus::test::TempDir dir;
  const auto file = (dir / "sqlbus.ini").string();
  const auto write = [&](const std::string& redis, const std::string& more) {
    sqlbus::test::write_text_file(
        file, "[default]\ndatabase = main\n[redis]\nhost = cache\nqueue = q\n" + redis +
                  "[main]\ndriver = postgres\npassword_file = ${SQLBUS_TEST_NONE}/main.password\n" +
                  "[more]\ndriver = sqlite\ndatabase = ${SQLBUS_TEST_NONE}/more.db\n" +
                  "[third]\ndriver = postgres\npassword_file = /nowhere/third.password\n" + more);
  };
  CommandOptions options;
  options.config_file = file;
  write("operate_timeout = ${SQLBUS_TEST_NONE}\n", "");
  const auto bus = find_bus(options);
  REQUIRE_MESSAGE(bus.ok(), bus.error().message);
  CHECK(bus->redis.host == "cache");
  const auto settings = sqlbus::load_bus_settings(file);
  REQUIRE(settings.ok());
  CHECK(settings->databases.size() == 3);
  for (const std::string database : {"main", "more", "third"}) {
    CAPTURE(database);
    const auto* open = settings->find_open(database);
    REQUIRE(open != nullptr);
    CHECK(open->fault.starts_with(file + ":"));
    CHECK(open->fault.find("[" + database + "] ") != std::string::npos);
  }
  CHECK(settings->find_open("redis", {"password"}) == nullptr);

  write("password_file = ${SQLBUS_TEST_NONE}/redis.password\n", "");
  const auto closed = find_bus(options);
  REQUIRE_FALSE(closed.ok());
  CHECK(closed.error().message.find(":6: [redis] password_file: ") != std::string::npos);
  CHECK(closed.error().message.find("name Redis by --redis") != std::string::npos);

  // A fault of the file itself stays one, and the daemon leaves nothing open.
  write("", "lanes = many\n");
  CHECK_FALSE(find_bus(options).ok());
  write("", "");
  CHECK_FALSE(sqlbus::load_settings(file).ok());
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
