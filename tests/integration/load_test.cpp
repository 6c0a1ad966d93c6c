// `sqlbus load` against a real bus: each line takes effect once, whatever happens to the loader.
#include <doctest/doctest.h>

#include <csignal>
#include <random>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/private_terminal.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

constexpr int kLines = 20'000;
// The daemon sets the pace, so that there is time to disturb it.
const std::vector<std::string> kSlowly = {"--queue-max", "500"};

std::string inserts(int from, int to) {
  std::string text;
  for (int i = from; i <= to; ++i) text += "insert into t (i) values (" + std::to_string(i) + ")\n";
  return text;
}

// A scene with a table that tells in which order its rows have come, and a folder for files.
struct Loaded {
  explicit Loaded(Store store) : scene(store) {
    REQUIRE(scene.ask("create table t (id " + numbered_key(store) + ", i integer)").error_id == 0);
  }

  std::string write(const std::string& name, const std::string& text) {
    write_text_file(dir / name, text);
    return (dir / name).string();
  }
  std::vector<std::string> command(const std::string& file,
                                   const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{SQLBUS_BUILD_DIR "/sqlbus", "load", file, "--config",
                                 scene.bus().config_file()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  ChildProcess start(const std::string& file, const std::vector<std::string>& more) {
    return ChildProcess({.argv = command(file, more), .output = dir / "out"});
  }
  SqlbusRun run(const std::string& file, const std::vector<std::string>& more = {}) {
    auto all = command(file, more);
    all.erase(all.begin());
    return run_sqlbus(all);
  }
  int count() { return std::stoi(scene.value("select count(*) from t")); }
  bool has_got(int count_wanted) {
    return eventually([&] { return count() >= count_wanted; }, std::chrono::seconds{60});
  }
  // Every line once, and in order.
  void check_all(int count_wanted) {
    REQUIRE(scene.is_drained());
    CHECK(count() == count_wanted);
    CHECK(scene.value("select count(distinct i) from t") == std::to_string(count_wanted));
    CHECK(
        scene.value("select count(*) from (select i, lag(i) over (order by id) as earlier from t) "
                    "as pairs where earlier > i") == "0");
    CHECK(scene.dead_count() == 0);
  }

  TempDir dir;
  Scene scene;
};

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

TEST_CASE("envelopes and statements come from standard input too") {
  Loaded loaded(Store::kSqlite);
  const auto file = loaded.write(
      "mixed",
      "\xEF\xBB\xBFinsert into t (i) values (1)\r\n"
      "  {\"STATEMENT\":\"insert into t (i) values (?)\",\"PARAMS\":[2]}\n"
      "{\"UUID\":\"mine\",\"APP\":\"me\",\"PID\":1,\"TYPE\":\"REQUEST\",\"SYNC\":false,"
      "\"TIMESTAMP\":0,\"STATEMENT\":\"insert into t (i) values (3)\"}\n"
      "{\"STATEMENT\":[\"insert into t (i) values (4)\",\"insert into t (i) values (5)\"]}\n"
      "insert into t (i) values (6)");
  const auto config = loaded.scene.bus().config_file().string();
  for (int round = 0; round < 2; ++round) {
    ChildProcess piped(
        {.argv = {"sh", "-c",
                  "cat '" + file + "' | " SQLBUS_BUILD_DIR "/sqlbus load - --config '" + config +
                      "'"},
         .output = loaded.dir / "out"});
    const auto ended = piped.wait(std::chrono::seconds{20});
    REQUIRE(ended.has_value());
    CHECK(ended->code == 0);
  }
  CHECK(read_text_file(loaded.dir / "out").find("5 requests in ") != std::string::npos);
  loaded.check_all(6);
}

TEST_CASE("CSV becomes rows: text turns into the columns' types, NULL and empty text stay apart") {
  ON_ALL_STORES(store);
  Scene scene(store);
  REQUIRE(
      scene.ask("create table r (i integer, d decimal(20,4), s varchar(40), w date)").error_id ==
      0);
  const TempDir dir;
  std::string csv = "i,d,s,w\r\n";
  csv += "1,12345678901234.5678,\"two\nlines, \"\"quoted\"\"\",2024-02-29\r\n";
  csv += "2,,\"\",\r\n";
  csv += "3,-0.5,größe,1999-12-31";
  write_text_file(dir / "r.csv", csv);
  const auto load = [&](const std::string& file, std::vector<std::string> more) {
    more.insert(more.begin(), {"load", file, "--into", "r", "--config", scene.bus().config_file()});
    return run_sqlbus(more);
  };
  CHECK(load(dir / "r.csv", {}).code == 0);
  CHECK(load(dir / "r.csv", {}).code == 0);
  REQUIRE(scene.is_drained());
  CHECK(scene.dead_count() == 0);
  CHECK(scene.value("select count(*) from r") == "3");
  CHECK(scene.value("select s from r where i = 1") == "two\nlines, \"quoted\"");
  CHECK(scene.value("select count(*) from r where i = 2 and d is null and s = '' and w is null") ==
        "1");
  CHECK(scene.value("select count(*) from r where d < 0 and s = 'größe'") == "1");

  write_text_file(dir / "more.tsv", "x\t4\ny\t5\n");
  const std::vector<std::string> how{"--columns", "s, i", "--separator", "\\t"};
  CHECK(load(dir / "more.tsv", how).code == 0);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select sum(i) from r where s in ('x', 'y')") == "9");
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
  CHECK(terminal.screen().starts_with("[######"));
  CHECK(terminal.shows("%  504 requests  "));
  REQUIRE(run_sqlbus({"resume", "--config", config}).code == 0);
  CHECK(shows("sqlbus: 2,000 requests in "));
  CHECK_FALSE(terminal.shows("[#"));
  loaded.check_all(2000);
}

TEST_CASE("a line with a fault ends the load, and what stands before it is handed over") {
  Loaded loaded(Store::kSqlite);
  struct Case {
    std::string text;
    std::vector<std::string> more;
    std::string says;
  };
  const std::vector<Case> cases = {
      {inserts(1, 3) + "{\"STATEMENT\": \n", {}, "line 4: begins with { and is no JSON"},
      {inserts(1, 3) + "{\"SQL\":\"x\"}\n", {}, "line 4: an envelope without STATEMENT"},
      {inserts(1, 3) + "select '\xff'\n", {}, "line 4: is not UTF-8"},
      {"i\n1\n2\n3\n4,5\n", {"--into", "t"}, "line 5: 2 fields where there are 1 columns"},
      {"i\n1\n2\n3\n\"4\"x\n", {"--into", "t"}, "line 5: field 1: there is text behind"},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(cases[i].says);
    const auto file = loaded.write("faulty" + std::to_string(i), cases[i].text);
    const auto run = loaded.run(file, cases[i].more);
    CHECK(run.code == 2);
    CHECK(run.holds(cases[i].says));
    CHECK(run.holds("3 requests in "));
    auto dry = cases[i].more;
    dry.emplace_back("--dry-run");
    CHECK(loaded.run(file, dry).holds(cases[i].says));
  }
  REQUIRE(loaded.scene.is_drained());
  CHECK(loaded.count() == 15);
}

TEST_CASE("a load that cannot begin says why") {
  Loaded loaded(Store::kSqlite);
  CHECK(loaded.run((loaded.dir / "missing").string()).code == 2);
  CHECK(loaded.run(loaded.dir.path().string()).holds("is a folder"));
  const auto file = loaded.write("a.sql", inserts(1, 3));
  CHECK(loaded.run(file, {"--offset", "5"}).holds("no line begins there"));
  CHECK(loaded.run(file, {"--offset", "5000"}).holds("there are not so many bytes"));
  CHECK(loaded.run(loaded.write("h.csv", "a b,c\n1,2\n"), {"--into", "t"}).holds("use --columns"));
  CHECK(loaded.run(loaded.write("empty.csv", ""), {"--into", "t"}).code == 0);
  const auto csv = loaded.write("rows.csv", "i\n1\n2\n");
  CHECK(loaded.run(csv, {"--into", "missing"}).holds("(42P01)"));
  const auto misnamed = loaded.run(csv, {"--into", "t", "--columns", "j", "--header"});
  CHECK(misnamed.code == 1);
  CHECK(misnamed.holds("(42703)"));
  CHECK(loaded.scene.dead_count() == 0);
  CHECK(loaded.count() == 0);
  loaded.scene.redis().kill9();
  CHECK(loaded.run(file).code == 3);
}

}  // namespace sqlbus::test
