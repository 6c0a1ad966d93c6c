#include "daemon/config/settings_change.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/config/fingerprint.hpp"

namespace sqlbus {
namespace {

DatabaseSettings make_database(const std::string& name) {
  DatabaseSettings database;
  database.name = name;
  database.driver = "sqlite";
  database.database = "/" + name + ".db";
  return database;
}

Settings two_databases() {
  Settings settings;
  settings.file = "/etc/sqlbus.ini";
  settings.default_database = "a";
  settings.databases = {make_database("a"), make_database("b")};
  return settings;
}

const SettingChange& find(const SettingsChange& change, std::string_view setting) {
  const auto found = std::find_if(change.list.begin(), change.list.end(),
                                  [&](const auto& each) { return each.setting == setting; });
  REQUIRE(found != change.list.end());
  return *found;
}

using Places = std::vector<std::size_t>;

TEST_CASE("the same file again changes nothing") {
  const auto change = change_settings(two_databases(), two_databases());
  CHECK(change.list.empty());
  CHECK(change.databases.empty());
  CHECK(change.settings.databases == two_databases().databases);
}

TEST_CASE("what takes a reload is taken over, what takes a restart stays, both are named") {
  auto wanted = two_databases();
  wanted.file = "elsewhere.ini";
  wanted.limits.group_max = 7;
  wanted.limits.lease = milliseconds(60000);
  wanted.redis.queues = {"Another", "Third"};
  wanted.log.level = LogSettings::Level::kDebug;
  const auto change = change_settings(two_databases(), wanted);
  CHECK(change.list.size() == 4);
  CHECK(change.settings.limits.group_max == 7);
  CHECK(change.settings.log.level == LogSettings::Level::kDebug);
  CHECK(change.settings.limits.lease == milliseconds(10000));
  CHECK(change.settings.redis.queues == std::vector<std::string>{"Another", "Third"});
  CHECK(change.settings.file == "/etc/sqlbus.ini");
  const auto& group = find(change, "[limits] group_max");
  CHECK(group.from == "500");
  CHECK(group.to == "7");
  CHECK(group.fixed_because.empty());
  const auto& queue = find(change, "[redis] queue");
  CHECK(queue.to == "Another, Third");
  CHECK(queue.fixed_because.empty());
  CHECK(find(change, "[limits] lease").to == "1m");
  CHECK_FALSE(find(change, "[limits] lease").fixed_because.empty());
}

TEST_CASE("another Redis takes a restart, and so do the name and password that belong to it") {
  auto wanted = two_databases();
  wanted.redis.password = "sesame";
  CHECK(change_settings(two_databases(), wanted).settings.redis.password == "sesame");
  wanted.redis.host = "elsewhere";
  const auto change = change_settings(two_databases(), wanted);
  CHECK(change.settings.redis.host == "127.0.0.1");
  CHECK(change.settings.redis.password.empty());
  CHECK(find(change, "[redis] password").fixed_because ==
        find(change, "[redis] host").fixed_because);
}

TEST_CASE("databases keep their places, whatever the order of the file") {
  auto wanted = two_databases();
  std::swap(wanted.databases[0], wanted.databases[1]);
  wanted.databases.insert(wanted.databases.begin(), make_database("c"));
  wanted.databases[2].lanes = 4;  // a
  const auto change = change_settings(two_databases(), wanted);
  REQUIRE(change.settings.databases.size() == 3);
  CHECK(change.settings.databases[0].name == "a");
  CHECK(change.settings.databases[0].lanes == 4);
  CHECK(change.settings.databases[1] == make_database("b"));
  CHECK(change.settings.databases[2].name == "c");
  CHECK(change.databases == Places{0, 2});
  CHECK(find(change, "[a] lanes").to == "4");
  CHECK(find(change, "[c]").to == "configured");
}

TEST_CASE("a database that is removed keeps its place, is not found, and can come back") {
  auto wanted = two_databases();
  wanted.databases.pop_back();
  const auto gone = change_settings(two_databases(), wanted);
  REQUIRE(gone.settings.databases.size() == 2);
  CHECK(gone.databases == Places{1});
  CHECK(find(gone, "[b]").to == "removed");
  CHECK(gone.settings.find_database("b") == nullptr);
  CHECK(gone.settings.find_database("a") == gone.settings.databases.data());
  CHECK(fingerprint_of(gone.settings) == fingerprint_of(wanted));

  const auto still_gone = change_settings(gone.settings, wanted);
  CHECK(still_gone.list.empty());
  CHECK(still_gone.databases.empty());

  const auto back = change_settings(gone.settings, two_databases());
  CHECK(back.databases == Places{1});
  CHECK(find(back, "[b]").from == "removed");
  CHECK(back.settings.databases == two_databases().databases);
}

TEST_CASE("a name that is only written in another way is the same database") {
  auto wanted = two_databases();
  wanted.databases[0].name = "A";
  const auto change = change_settings(two_databases(), wanted);
  CHECK(change.list.size() == 1);
  CHECK_FALSE(find(change, "[a]").fixed_because.empty());
  CHECK(change.databases.empty());
  CHECK(change.settings.databases[0].name == "a");
}

TEST_CASE("a secret is said to have changed and never shown; a remark changes no connection") {
  auto wanted = two_databases();
  wanted.databases[0].password = "sesame";
  wanted.redis.password = "sesame";
  wanted.databases[1].descriptor = "the other one";
  const auto change = change_settings(two_databases(), wanted);
  for (const auto& each : change.list) {
    CHECK(each.from.find("sesame") == std::string::npos);
    CHECK(each.to.find("sesame") == std::string::npos);
  }
  CHECK(change.list.size() == 3);
  CHECK(change.databases == Places{0});
  CHECK(change.settings.redis.password == "sesame");
  CHECK(change.settings.databases[1].descriptor == "the other one");
}

}  // namespace
}  // namespace sqlbus
