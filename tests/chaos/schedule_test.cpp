#include "tests/chaos/schedule.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/chaos/world.hpp"

namespace sqlbus::chaos {
namespace {

std::string told(const Options& options) {
  std::string text;
  for (const Wave& wave : make_schedule(options)) {
    for (const Blow& blow : wave.blows) text += describe(blow) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the same seed does the same harm, another one other harm") {
  CHECK(told({.rounds = 5, .seed = 7}) == told({.rounds = 5, .seed = 7}));
  CHECK(told({.rounds = 5, .seed = 7}) != told({.rounds = 5, .seed = 8}));
}

TEST_CASE("every schedule kills daemons more often than a request may lose deliveries") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    int kills = 0;
    for (const Wave& wave : make_schedule({.rounds = 1, .seed = seed})) {
      for (const Blow& blow : wave.blows) {
        if (blow.harm != Harm::kKill) continue;
        kills += blow.target == Target::kBothDaemons ? 2 : 0;
        kills += blow.target == Target::kOwner || blow.target == Target::kStandby ? 1 : 0;
      }
    }
    CHECK(kills > kDeliveriesMax);
  }
}

TEST_CASE("daemons are told of other settings in the middle of it") {
  CHECK(told({.rounds = 20}).find("SIGHUP the owner") != std::string::npos);
  CHECK(told({.rounds = 20}).find("SIGHUP both daemons") != std::string::npos);
}

TEST_CASE("a database server is harmed where there is one, its sessions where they are processes") {
  const auto harms = [](Store store, const char* what) {
    return told({.rounds = 20, .store = store}).find(what) != std::string::npos;
  };
  CHECK_FALSE(harms(Store::kSqlite, "the database server"));
  CHECK(harms(Store::kPostgres, "SIGKILL the database server"));
  CHECK(harms(Store::kMariaDb, "SIGKILL the database server"));
  CHECK_FALSE(harms(Store::kSqlite, "sessions"));
  CHECK(harms(Store::kPostgres, "sessions"));
  CHECK_FALSE(harms(Store::kMariaDb, "sessions"));
}

}  // namespace sqlbus::chaos
