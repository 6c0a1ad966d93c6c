// Configuration files as they were written for the program of 2018.
#include <doctest/doctest.h>

#include "daemon/config/parse_settings.hpp"

namespace sqlbus {
namespace {

constexpr std::string_view kOldFile = R"(#
# Key names in any case

[DEFAULT]
Database=Warehouse
Memcache=Redis
ChDir=/home/app/work/sqlbus/
PidFile=pid/sqlbus.pid
Daemonize=1

[Warehouse]
Descriptor = Driver of the warehouse # main
Driver     = postgres
Server     = 10.1.2.3
Port       = 5432
UserName   = stock@main
Password   = p;w #1
DataBase   = stock
ConnectTimeout = 3

[LOG]
; On/Yes, Off/No
Trace=off
Level=debug
SpaceLineAfterLog=Yes
MaxSize=20mb
RolateCron=23:59:59
FileName=app.log
Catalog=log

[Redis]
Port = 6380
Host = 10.1.2.4
ConnectTimeout = 0
OperateTimeout = 0
ResponseTimeout = 30
Password =
Database = 2
)";

TEST_CASE("a file of the old program parses") {
  const Result<Settings> parsed = parse_settings(kOldFile, "old.ini");
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  const Settings& settings = *parsed;
  CHECK(settings.default_database == "Warehouse");
  CHECK(settings.chdir == "/home/app/work/sqlbus/");
  CHECK(settings.pidfile == "pid/sqlbus.pid");
  CHECK(settings.daemonize);

  REQUIRE(settings.databases.size() == 1);
  const DatabaseSettings& database = settings.databases[0];
  CHECK(database.descriptor == "Driver of the warehouse # main");
  CHECK(database.driver == "postgres");
  CHECK(database.server == "10.1.2.3");
  CHECK(database.port == "5432");
  CHECK(database.username == "stock@main");
  CHECK(database.password == "p;w #1");
  CHECK(database.database == "stock");
  CHECK(database.connect_timeout == std::chrono::seconds(3));

  CHECK(settings.log.level == LogSettings::Level::kDebug);
  CHECK(settings.log.space_line_after_log);
  CHECK(settings.log.path() == "log/app.log");

  CHECK(settings.redis.host == "10.1.2.4");
  CHECK(settings.redis.port == 6380);
  CHECK(settings.redis.database == 2);
  CHECK(settings.redis.password.empty());
  CHECK(settings.redis.connect_timeout == RedisSettings{}.connect_timeout);
  CHECK(settings.redis.response_timeout == std::chrono::seconds(30));
}

TEST_CASE("the old driver for Oracle is refused with what to write instead") {
  for (const std::string driver :
       {"lib/libora.so", "./libora.so", "libora.so.1", "/opt/sqlbus/liboracle.so",
        "libsqlbus_oracle.so", "/usr/lib/liboci.so", "LIBORA.SO", "oracle"}) {
    CAPTURE(driver);
    const Result<Settings> settings =
        parse_settings("[Oracle]\nDriver = " + driver + "\nDataBase = afc\n", "old.ini");
    REQUIRE_FALSE(settings);
    CHECK(settings.error().message ==
          "old.ini:2: [Oracle] driver: '" + driver +
              "' is the old program's driver for Oracle; write driver = odbc, and "
              "connection_string = DSN= with the name of Oracle's ODBC data source");
  }
}

TEST_CASE("only a driver's own name says that it is the old one") {
  for (const std::string driver : {"/opt/oracle/odbc.so", "./libfloral.so", "/libora/x.so"}) {
    CAPTURE(driver);
    CHECK(parse_settings("[Oracle]\nDriver = " + driver + "\n", "old.ini").ok());
  }
}

TEST_CASE("the log's file is filename in catalog") {
  struct Case {
    std::string catalog, filename, path;
  };
  const Case cases[] = {{"", "", ""},
                        {"", "a.log", "a.log"},
                        {"log", "", "log/sqlbus.log"},
                        {"log", "a.log", "log/a.log"},
                        {"/var/log/", "a.log", "/var/log/a.log"}};
  for (const Case& each : cases) {
    LogSettings log;
    log.catalog = each.catalog;
    log.filename = each.filename;
    CHECK(log.path() == each.path);
  }
}

}  // namespace
}  // namespace sqlbus
