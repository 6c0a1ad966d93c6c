// `sqlbus load` against a real bus: each line takes effect once, whatever happens to the loader.
#include <csignal>
#include <random>

#include "tests/integration/load_scene.hpp"
#include "tests/support/private_terminal.hpp"

namespace sqlbus::test {
namespace {

constexpr int kLines = 20'000;
// The daemon sets the pace, so that there is time to disturb it.
const std::vector<std::string> kSlowly = {"--queue-max", "500"};

}  // namespace

TEST_CASE("a load that is killed at any moment and repeated applies each line once, in order") {
  ON_EACH_STORE(store);
  Loaded loaded(store);
  const auto file = loaded.write("inserts.sql", inserts(1, kLines));
  std::mt19937 random(std::random_device{}());
  for (int round = 1; round <= 3; ++round) {
    const int wanted = std::uniform_int_distribution<int>(1, kLines * round / 5)(random);
    CAPTURE(wanted);
    auto loader = loaded.start(file, kSlowly);
    REQUIRE(loaded.has_got(wanted));
    loader.kill9();
  }
  const auto whole = loaded.run(file);
  CHECK(whole.code == 0);
  CHECK(whole.holds("20,000 requests in "));
  loaded.check_all(kLines);
}

TEST_CASE("a load that is interrupted says where to go on, and goes on there") {
  Loaded loaded(Store::kSqlite);
  const auto file = loaded.write("inserts.sql", inserts(1, kLines));
  int signal = 0;
  SUBCASE("by SIGINT") { signal = SIGINT; }
  SUBCASE("by SIGTERM") { signal = SIGTERM; }
  auto loader = loaded.start(file, kSlowly);
  REQUIRE(loaded.has_got(1000));
  loader.kill(signal);
  const auto ended = loader.wait(std::chrono::seconds{20});
  REQUIRE(ended.has_value());
  CHECK(ended->signal == signal);
  const auto said = read_text_file(loaded.dir / "out");
  const auto at = said.find(" --offset ");
  REQUIRE_MESSAGE(at != std::string::npos, said);
  const auto offset = std::to_string(std::stoul(said.substr(at + 10)));
  const auto rest = loaded.run(file, {"--offset", offset});
  CHECK(rest.code == 0);
  CHECK_FALSE(rest.holds("20,000 requests"));
  loaded.check_all(kLines);
  // Nor does it do harm to begin anew.
  CHECK(loaded.run(file).code == 0);
  loaded.check_all(kLines);
}

TEST_CASE("a load goes on over an outage of Redis") {
  Loaded loaded(Store::kSqlite);
  const auto file = loaded.write("inserts.sql", inserts(1, kLines));
  auto loader = loaded.start(file, kSlowly);
  REQUIRE(loaded.has_got(500));
  loaded.scene.redis().kill9();
  CHECK(eventually([&] {
    return read_text_file(loaded.dir / "out").find("waits: redis is away: ") != std::string::npos;
  }));
  loaded.scene.redis().restart();
  const auto ended = loader.wait(std::chrono::seconds{60});
  REQUIRE(ended.has_value());
  CHECK(ended->code == 0);
  loaded.check_all(kLines);
}

TEST_CASE("a load waits while the queue is full") {
  Scene scene(Store::kSqlite, {.starts_bus = false});
  const TempDir dir;
  write_text_file(dir / "inserts.sql", inserts(1, 5000));
  ChildProcess loader({.argv = {SQLBUS_BUILD_DIR "/sqlbus", "load", dir / "inserts.sql", "--redis",
                                "unix://" + scene.redis().socket(), "--queue-max", "1500"},
                       .output = dir / "out"});
  REQUIRE(eventually([&] {
    return read_text_file(dir / "out").find("waits: the queue is full") != std::string::npos;
  }));
  const auto length = scene.redis().command({"LLEN", kQueue}).integer;
  CHECK(length >= 1500);
  CHECK(length < 2000);
  const auto take_all = [&] {
    return scene.redis()
        .command({"EVAL",
                  "local n = redis.call('LLEN', KEYS[1]) redis.call('DEL', KEYS[1]) return n", "1",
                  kQueue})
        .integer;
  };
  std::int64_t taken = 0;
  CHECK(eventually([&] {
    taken += take_all();
    return !loader.is_running();
  }));
  CHECK(loader.wait(std::chrono::seconds{1}) == ExitStatus{.code = 0});
  CHECK(taken + take_all() == 5000);
}

TEST_CASE("a file that has grown, was moved or mended is loaded again for what is new in it") {
  Loaded loaded(Store::kSqlite);
  CHECK(
      loaded.run(loaded.write("a.sql", inserts(1, 10) + "insert into nowhere values (1)\n")).code ==
      0);
  CHECK(eventually([&] { return loaded.scene.dead_count() == 1; }));
  std::filesystem::create_directory(loaded.dir / "moved");
  const auto moved =
      loaded.write("moved/a.sql", inserts(1, 11) + "-- a comment\n\n" + inserts(12, 15));
  CHECK(loaded.run(moved).code == 0);
  REQUIRE(loaded.scene.is_drained());
  CHECK(loaded.count() == 15);
  // Another name: the same lines once more.
  CHECK(loaded.run(moved, {"--name", "again"}).code == 0);
  REQUIRE(loaded.scene.is_drained());
  CHECK(loaded.count() == 30);
}

TEST_CASE("a line that comes alone does not wait for others") {
  Loaded loaded(Store::kSqlite);
  ChildProcess piped(
      {.argv = {"sh", "-c",
                "(echo 'insert into t (i) values (1)'; exec sleep 60) | " SQLBUS_BUILD_DIR
                "/sqlbus load - --config '" +
                    loaded.scene.bus().config_file().string() + "'"},
       .output = loaded.dir / "out"});
  CHECK(loaded.has_got(1));
}

TEST_CASE("on a terminal a load draws how far it is, and why it waits") {
  Loaded loaded(Store::kSqlite);
  const auto config = loaded.scene.bus().config_file().string();
  REQUIRE(run_sqlbus({"pause", "--config", config}).code == 0);
  const auto file = loaded.write("inserts.sql", inserts(1, 2000));
  PrivateTerminal terminal({.columns = 120, .rows = 20});
  const auto shows = [&](const std::string& part) {
    return eventually([&] { return terminal.shows(part); });
  };
  terminal.run("clear; " SQLBUS_BUILD_DIR "/sqlbus load " + file + " --queue-max 500 --config " +
               config);
  REQUIRE(shows("waits: the queue is full"));
  CHECK(terminal.screen().starts_with("[#####"));
  CHECK(terminal.shows("%  504 requests  "));
  REQUIRE(run_sqlbus({"resume", "--config", config}).code == 0);
  CHECK(shows("sqlbus: 2,000 requests in "));
  CHECK_FALSE(terminal.shows("[#"));
  loaded.check_all(2000);
}

}  // namespace sqlbus::test
