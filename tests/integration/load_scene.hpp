// A bus, a table, and files that are loaded into it.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/integration/sqlbus_run.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

// A statement a line.
inline std::string inserts(int from, int to) {
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

}  // namespace sqlbus::test
