#include "daemon/config/parse_settings.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

using namespace std::string_literals;

constexpr std::string_view kDatabase = "[db]\ndriver = sqlite\ndatabase = d.db\n";

std::string faults_of(std::string_view text) {
  const Result<Settings> settings = parse_settings(text, "f.ini");
  return settings ? "" : settings.error().message;
}

std::string faults_beside_database(const std::string& text) {
  return faults_of(std::string(kDatabase) + text);
}

TEST_CASE("one database section is enough, and is the default database") {
  const Result<Settings> settings = parse_settings(kDatabase, "f.ini");
  REQUIRE(settings);
  CHECK(settings->file == "f.ini");
  CHECK(settings->default_database == "db");
  REQUIRE(settings->databases.size() == 1);
  CHECK(settings->databases[0].driver == "sqlite");
  CHECK(settings->databases[0].database == "d.db");
  CHECK(settings->redis.host == "127.0.0.1");
  CHECK(settings->redis.queues == std::vector<std::string>{"SqlBusDefaultQueue"});
  CHECK(settings->limits.lease == std::chrono::seconds(10));
}

TEST_CASE("names of databases match without regard to case, and keep their spelling") {
  const Result<Settings> settings = parse_settings(
      "[default]\ndatabase = ORDERS_db\n[OrdersDb]\ndriver=null\n[x]\ndriver=null\n", "f.ini");
  REQUIRE(settings);
  CHECK(settings->default_database == "OrdersDb");
  CHECK(settings->find_database("x") == &settings->databases[1]);
  CHECK(settings->find_database("ordersdb") == &settings->databases[0]);
  CHECK(settings->find_database("y") == nullptr);
}

TEST_CASE("memcache names the Redis section") {
  const Result<Settings> settings =
      parse_settings("[cache]\nport=7\n[default]\nmemcache=Cache\n" + std::string(kDatabase), "f");
  REQUIRE(settings);
  CHECK(settings->redis.port == 7);
  CHECK(settings->databases.size() == 1);
}

TEST_CASE("a database section may have a long or odd password, taken as it is") {
  const Result<Settings> settings =
      parse_settings("[db]\ndriver=null\npassword = a ;b #c \"d\" $e =f\n", "f.ini");
  REQUIRE(settings);
  CHECK(settings->databases[0].password == "a ;b #c \"d\" $e =f");
}

TEST_CASE("values may come from the environment") {
  setenv("SQLBUS_TEST_PORT", "7001", 1);
  setenv("SQLBUS_TEST_SECRET", "s3cret", 1);
  const Result<Settings> settings =
      parse_settings("[redis]\nport=${SQLBUS_TEST_PORT}\npassword=x${SQLBUS_TEST_SECRET}\n" +
                         std::string(kDatabase),
                     "f.ini");
  REQUIRE(settings);
  CHECK(settings->redis.port == 7001);
  CHECK(settings->redis.password == "xs3cret");
}

TEST_CASE("a fault says file, line, section, key and what is wrong") {
  struct Case {
    std::string text;
    std::string faults;
  };
  const Case cases[] = {
      {"[limits]\nlease = 5\n", "f.ini:5: [limits] lease: '5' lacks its unit: ms, s, m, h or d"},
      {"[limits]\nlease = 1ms\n", "f.ini:5: [limits] lease: '1ms' is not within 1s to 10m"},
      {"[limits]\nretry_base=10s\nretry_cap=1s\n",
       "f.ini:5: [limits] retry_base: is more than retry_cap"},
      {"[Limits]\nleese = 5s\n",
       "f.ini:5: [Limits] has no key 'leese' (sqlbusd --help-config lists them)"},
      {"[limit]\nlease = 5s\n",
       "f.ini:4: [limit] has no driver; it is taken for a database\n"
       "f.ini:5: [limit] has no key 'lease' (sqlbusd --help-config lists them)"},
      {"[redis]\nport = ${SQLBUS_TEST_NONE}\n",
       "f.ini:5: [redis] port: '${SQLBUS_TEST_NONE}' names an environment variable that is not "
       "set; $${ stands for ${ itself"},
      {"[redis]\nconnect_timeout=1s\nconnectimeout=1s\n",
       "f.ini:6: [redis] connectimeout: is already there in line 5"},
      {"[redis]\nqueue=a,{b}\n",
       "f.ini:5: [redis] queue: 'a,{b}' is not a list of names, separated by commas, without "
       "blanks, { and }"},
      {"[redis]\nqueue=a,b,a\n", "f.ini:5: [redis] queue: 'a,b,a' names 'a' twice"},
      {"[redis]\nunix_socket=" + std::string(108, 's') + "\n",
       "f.ini:5: [redis] unix_socket: '" + std::string(60, 's') + "...' is longer than 107 bytes"},
      {"[http]\nlisten = 8080\n",
       "f.ini:5: [http] listen: '8080' is neither address:port nor the path of a socket"},
      {"[default]\nmemcache = cache\n", "f.ini:5: [default] memcache: there is no section 'cache'"},
      {"[default]\nmemcache = log\n",
       "f.ini:5: [default] memcache: 'log' is not a name for a Redis section"},
      {"[default]\nmemcache = cache\n[cache]\n[redis]\nport=1\n",
       "f.ini:7: [redis] is not used: memcache in [default] names 'cache'"},
      {"[default]\ndatabase = other\n",
       "f.ini:5: [default] database: there is no database section 'other'"},
      {"[default]\ndatabase = redis\n[redis]\n",
       "f.ini:5: [default] database: there is no database section 'redis'"},
      {"[second]\ndriver = null\n",
       "f.ini: [default] database: name one of the database sections, there are 2"},
      {"[default]\n[second]\ndriver = null\n",
       "f.ini:4: [default] database: name one of the database sections, there are 2"},
      {"[DB]\n", "f.ini:4: section 'DB' is already there in line 1"},
  };
  unsetenv("SQLBUS_TEST_NONE");
  for (const Case& each : cases) {
    CAPTURE(each.text);
    std::string text = each.text;
    // A third section's database must not be ambiguous where the case is about something else.
    if (text.starts_with("[limit]")) text += "[default]\ndatabase = db\n";
    CHECK(faults_beside_database(text) == each.faults);
  }
  CHECK(faults_of("") ==
        "f.ini: there is no database: a section with any other name than default, redis, limits, "
        "log and http is one");
  CHECK(faults_of("[db]\ndriver =\n") == "f.ini:1: [db] has no driver; it is taken for a database");
}

TEST_CASE("all faults are told at once, those of the form too") {
  CHECK(faults_of("[redis]\n"
                  "port = 0\n"
                  "nonsense\n"
                  "[limits]\n"
                  "lease = x\n"
                  "request_max = 1\n"
                  "colour = red\n"
                  "[db]\n"
                  "connect_timeout = never\n") ==
        "f.ini:2: [redis] port: '0' is not a whole number from 1 to 65535\n"
        "f.ini:3: neither [section] nor key = value\n"
        "f.ini:5: [limits] lease: 'x' is not a number with its unit: ms, s, m, h or d\n"
        "f.ini:6: [limits] request_max: '1' lacks its unit: KiB, MiB or GiB\n"
        "f.ini:7: [limits] has no key 'colour' (sqlbusd --help-config lists them)\n"
        "f.ini:8: [db] has no driver; it is taken for a database\n"
        "f.ini:9: [db] connect_timeout: 'never' is not a number with its unit: ms, s, m, h or d");
}

TEST_CASE("no fault holds a secret") {
  const std::string secret = "hunter2" + std::string(5000, 'x');
  const std::string faults =
      faults_of("[redis]\npassword = " + secret +
                "\n[db]\npassword = ${hunter2}\n[c]\npassword=" + "hunter2${\n");
  CHECK(faults.find("[redis] password: the value is longer than 4096 bytes") != std::string::npos);
  CHECK(faults.find("[db] password: the value names an environment variable") != std::string::npos);
  CHECK(faults.find("[c] password: the value has ${ without }") != std::string::npos);
  CHECK(faults.find("hunter2") == std::string::npos);
}

TEST_CASE("garbage is refused, bounded and in lines that can be printed") {
  std::mt19937 random(20261120);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 20; ++round) {
    std::string garbage(20'000, '\0');
    for (char& c : garbage) c = static_cast<char>(byte(random));
    const std::string faults = faults_of(garbage);
    CHECK(faults.size() > 0);
    CHECK(faults.size() < 100'000);
    for (const char c : faults) CHECK_FALSE((c != '\n' && c >= '\0' && c < ' '));
  }
}

TEST_CASE("hostile sizes are taken or refused, quickly") {
  const std::string megabyte(1'000'000, 'a');
  CHECK(faults_of(megabyte).ends_with("f.ini:1: neither [section] nor key = value"));
  CHECK(faults_beside_database("[" + megabyte + "]\n").size() < 200);
  CHECK(faults_beside_database("[redis]\n" + megabyte + "=1\n").size() < 200);
  CHECK(faults_beside_database("[redis]\nhost=" + megabyte + "\n").size() < 200);
  std::string many = "[redis]\n";
  for (int i = 0; i < 50'000; ++i) many += "k" + std::to_string(i) + "=1\n";
  CHECK(faults_beside_database(many).size() < 20'000);
  std::string sections;
  for (int i = 0; i < 50'000; ++i) sections += "[s" + std::to_string(i) + "]\n";
  CHECK(faults_of(sections).size() < 20'000);
}

TEST_CASE("a file is read from disk, and its name becomes absolute") {
  const test::TempDir dir;
  const std::string path = dir / "sqlbus.ini";
  test::write_text_file(path, std::string(kDatabase));
  const Result<Settings> settings = load_settings(path);
  REQUIRE(settings);
  CHECK(settings->file == path);
}

TEST_CASE("a file that cannot be read is one clear fault") {
  const test::TempDir dir;
  const std::string missing = dir / "none.ini";
  CHECK(load_settings(missing).error().message == missing + ": No such file or directory");
  CHECK(load_settings(dir.path()).error().message == dir.path().string() + ": Is a directory");
  CHECK(load_settings("/dev/zero").error().message == "/dev/zero: larger than 1048576 bytes");
}

}  // namespace
}  // namespace sqlbus
