// What `sqlbus load` takes, and what it refuses.
#include "tests/integration/load_scene.hpp"

namespace sqlbus::test {

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
