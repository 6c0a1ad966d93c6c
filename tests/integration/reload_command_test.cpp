// `sqlbus reload`: the difference, the signal and the daemon's verdict.
#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/reloading.hpp"
#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

TEST_CASE("sqlbus reload tells what would change, and what the daemon made of it") {
  Scene scene(Store::kSqlite);
  const auto file = scene.bus().config_file();
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"reload", "--config", file});
    return run_sqlbus(std::move(arguments));
  };
  const auto same = run({});
  CHECK(same.code == 0);
  CHECK(same.holds("no difference"));
  CHECK(same.holds("nothing has changed"));

  const auto changed = with(scene.config(), "lease = 2s", "lease = 3s\ngroup_max = 77");
  write_text_file(file, changed);
  const auto dry = run({"--dry-run"});
  CHECK(dry.code == 0);
  CHECK(dry.holds("[limits] group_max: 500 -> 77\n"));
  CHECK(dry.holds("[limits] lease: 2s -> 3s (takes a restart: "));
  CHECK_FALSE(dry.holds("the daemon has"));
  const auto taken = run({});
  CHECK(taken.code == 0);
  CHECK(taken.holds("the daemon has taken it over"));
  CHECK(taken.holds("changed: [limits] group_max: 500 -> 77"));
  CHECK(taken.holds("takes a restart: [limits] lease: 2s -> 3s"));
  CHECK_FALSE(run({"--dry-run"}).holds("group_max"));

  write_text_file(file, with(changed, "driver = sqlite", "driver = nowhere"));
  const auto refused = run({});
  CHECK(refused.code == 1);
  CHECK(refused.holds("the daemon has refused it"));
  CHECK(refused.holds("fault: "));
  write_text_file(file, "nonsense");
  const auto faulty = run({});
  CHECK(faulty.code == 2);
  CHECK(faulty.holds(":1: "));
  CHECK(faulty.holds("the daemon is not told"));
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("sqlbus reload finds its daemon by any queue that it owns") {
  Scene scene(Store::kSqlite, {.queue = "SqlBusDefaultQueue"});
  REQUIRE(eventually([&] { return count(scene.bus().log(), "queue owned") == 1; }));
  const auto both =
      with(scene.config(), "queue = SqlBusDefaultQueue", "queue = SqlBusDefaultQueue, Beside");
  PrivateBus beside(both);
  REQUIRE(beside.wait_ready());
  REQUIRE(eventually([&] { return count(beside.log(), "queue owned") == 1; }));
  REQUIRE(eventually([&] { return count(beside.log(), "standing by") == 1; }));
  write_text_file(beside.config_file(), both + "[log]\nlevel = debug\n");
  const auto taken = run_sqlbus({"reload", "--config", beside.config_file()});
  CHECK(taken.code == 0);
  CHECK(taken.holds("[log] level: info -> debug"));
  CHECK(taken.holds("the daemon has taken it over"));
  CHECK(count(beside.log(), kReloaded) == 1);
  CHECK(count(scene.bus().log(), kReloaded) == 0);
}

TEST_CASE("a verdict is told at once, though the lease was being asked for when it came") {
  Scene scene(Store::kSqlite, {.limits = "lease = 60s"});
  REQUIRE(eventually([&] { return count(scene.bus().log(), "queue owned") == 1; }));
  const auto control = [&] {
    const auto clients = scene.redis().command({"CLIENT", "LIST"}).text;
    for (auto at = clients.find("id="); at != std::string::npos;) {
      const auto end = clients.find('\n', at);
      auto line = clients.substr(at, end - at);
      if (line.find("name=sqlbus-control") != std::string::npos) return line;
      at = clients.find("id=", end);
    }
    return std::string();
  };
  const auto before = control();
  // The connection begins anew, and its first question is answered after the reload.
  REQUIRE(scene.redis().command({"CLIENT", "PAUSE", "60000", "WRITE"}).text == "OK");
  const auto id = before.substr(3, before.find(' ') - 3);
  REQUIRE(scene.redis().command({"CLIENT", "KILL", "ID", id}).integer == 1);
  REQUIRE(eventually([&] {
    const auto line = control();
    return line != before && line.find("flags=b") != std::string::npos;
  }));
  reload(scene.bus(), scene.config() + "[log]\nlevel = debug\n");
  REQUIRE(scene.redis().command({"CLIENT", "UNPAUSE"}).text == "OK");
  const auto owner = scene.redis().command({"GET", "{SqlBusDefaultQueue}:owner"}).text;
  CHECK(eventually([&] {
    const auto instance = "{SqlBusDefaultQueue}:instance:" + owner;
    return scene.redis().command({"HGET", instance, "reload"}).text.starts_with("1 taken");
  }));
}
TEST_CASE("the verdict of an earlier reload is not taken for the one that was asked for") {
  Scene scene(Store::kSqlite, {.limits = "lease = 60s"});
  REQUIRE(eventually([&] { return count(scene.bus().log(), "queue owned") == 1; }));
  const auto owner = scene.redis().command({"GET", "{SqlBusDefaultQueue}:owner"}).text;
  const auto instance = "{SqlBusDefaultQueue}:instance:" + owner;
  const auto looks = [&] {
    const auto numbers = scene.redis().command({"INFO", "commandstats"}).text;
    const std::string name = "cmdstat_eval:calls=";
    const auto at = numbers.find(name);
    return at == std::string::npos ? 0 : std::stoi(numbers.substr(at + name.size()));
  };
  scene.bus().process().kill(SIGSTOP);
  const TempDir dir;
  ChildProcess command(
      {.argv = {SQLBUS_BUILD_DIR "/sqlbus", "reload", "--config", scene.bus().config_file()},
       .output = dir / "out"});
  REQUIRE(eventually([&] { return count(read_text_file(dir / "out"), "no faults") == 1; }));
  // As the daemon would have told it of a file before this one.
  REQUIRE_FALSE(
      scene.redis().command({"HSET", instance, "reload", "7 refused\nfault: another"}).is_error());
  const auto before = looks();
  REQUIRE(eventually([&] { return looks() > before + 2; }));
  CHECK_FALSE(command.wait(std::chrono::seconds(0)).has_value());
  scene.bus().process().kill(SIGCONT);
  CHECK(command.wait(std::chrono::seconds(40)) == ExitStatus{.code = 0});
  CHECK(count(read_text_file(dir / "out"), "the daemon has taken it over") == 1);
}

}  // namespace sqlbus::test
