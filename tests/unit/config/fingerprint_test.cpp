#include "daemon/config/fingerprint.hpp"

#include <doctest/doctest.h>

#include <set>

namespace sqlbus {
namespace {

DatabaseSettings make_database(const std::string& name) {
  DatabaseSettings database;
  database.name = name;
  database.driver = "postgres";
  database.server = "db1";
  database.port = "5432";
  database.database = "stock";
  return database;
}

Settings two_databases() {
  Settings settings;
  settings.default_database = "a";
  settings.databases = {make_database("a"), make_database("b")};
  return settings;
}

TEST_CASE("the fingerprint is the same for the same databases, whatever else differs") {
  const std::string fingerprint = fingerprint_of(two_databases());
  CHECK(fingerprint.size() == 32);
  Settings other = two_databases();
  std::swap(other.databases[0], other.databases[1]);
  other.databases[0].password = "secret";
  other.databases[0].username = "me";
  other.databases[0].descriptor = "text";
  other.redis.port = 1;
  CHECK(fingerprint_of(other) == fingerprint);
}

TEST_CASE("the fingerprint differs where statements would go to another place") {
  std::set<std::string> seen{fingerprint_of(two_databases())};
  const auto is_new = [&seen](auto change) {
    Settings settings = two_databases();
    change(settings);
    return seen.insert(fingerprint_of(settings)).second;
  };
  CHECK(is_new([](Settings& s) { s.default_database = "b"; }));
  CHECK(is_new([](Settings& s) { s.databases[0].name = "c"; }));
  CHECK(is_new([](Settings& s) { s.databases[0].driver = "odbc"; }));
  CHECK(is_new([](Settings& s) { s.databases[0].server = "db2"; }));
  CHECK(is_new([](Settings& s) { s.databases[0].port = "1"; }));
  CHECK(is_new([](Settings& s) { s.databases[0].database = "x"; }));
  CHECK(is_new([](Settings& s) { s.databases.pop_back(); }));
  CHECK(is_new([](Settings& s) {
    s.databases[0].server = "db15";
    s.databases[0].port = "432";
  }));
}

}  // namespace
}  // namespace sqlbus
