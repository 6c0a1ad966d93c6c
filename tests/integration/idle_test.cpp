// A daemon that has nothing to do: what it costs Redis, and that it stays known there all the same.
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

// What Redis has executed so far, by clients and in scripts, of one command or, by "", of all but
// the one that asks.
double calls(Scene& scene, const std::string& command = "") {
  std::istringstream lines(scene.redis().command({"INFO", "commandstats"}).text);
  double found = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(":calls=");
    const bool is_meant = command.empty() ? !line.starts_with("cmdstat_info:")
                                          : line.starts_with("cmdstat_" + command + ":");
    if (at != line.npos && is_meant) found += std::strtod(line.c_str() + at + 7, nullptr);
  }
  return found;
}

std::string owners_clients(Scene& scene) {
  const auto owner = scene.redis().command({"GET", "{SqlBusDefaultQueue}:owner"}).text;
  return scene.redis().command({"HGET", "{SqlBusDefaultQueue}:instance:" + owner, "clients"}).text;
}

}  // namespace

// Most of it goes by the lease: three renewals and three pops that end. The default lease has ten
// seconds, so that 20 commands to a lease are 2 a second. Two are left to what goes by the clock: a
// look for replays each 5 s. A slow machine renews later, and pops as much.
TEST_CASE("an idle daemon asks Redis for less than two commands a second") {
  constexpr double kRenewals = 12;  // four leases; each asks for the time once
  constexpr double kCommandsPerLease = 18;
  Scene scene(Store::kSqlite, {.limits = "lease = 1s"});
  // The strays have been looked for, which happens again in a minute only.
  REQUIRE(eventually([&] { return calls(scene, "scan") > 0 && calls(scene, "blmove") > 0; }));
  const double begun = calls(scene, "time");
  REQUIRE(eventually([&] { return calls(scene, "time") > begun; }));
  const double before = calls(scene);
  REQUIRE(eventually([&] { return calls(scene, "time") > begun + kRenewals; }));
  CHECK(calls(scene) - before <= kRenewals / 3 * kCommandsPerLease);
}

TEST_CASE("a connection that the owner has made anew stands beside its lease, and works") {
  Scene scene(Store::kSqlite, {.limits = "lease = 60s"});
  // Redis 8 counts a command that waits only when it has ended.
  REQUIRE(eventually([&] {
    return scene.redis().command({"CLIENT", "LIST"}).text.find("cmd=blmove") != std::string::npos;
  }));
  const auto before = owners_clients(scene);
  const auto blocking = before.substr(before.find(',') + 1);
  REQUIRE(scene.redis().command({"CLIENT", "KILL", "ID", blocking}).integer == 1);
  // Long before the next renewal is due.
  CHECK(eventually([&] {
    const auto now = owners_clients(scene);
    return !now.empty() && now != before;
  }));
  CHECK(scene.value("select 1") == "1");
}

}  // namespace sqlbus::test
