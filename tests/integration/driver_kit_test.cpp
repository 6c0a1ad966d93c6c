// What a stranger does who writes a driver: the kit is installed, the template copied and built,
// checked, and put into a bus. Nothing of the sources is looked at.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

constexpr std::chrono::minutes kStepMax{2};

struct Ran {
  int code = -1;
  std::string output;
};

// The kit and the command, installed in a folder that has been moved since.
class InstalledKit {
 public:
  InstalledKit() {
    const auto first = (folder_ / "first").string();
    for (const char* component : {"driver_kit", "command"}) {
      must({"cmake", "--install", SQLBUS_BUILD_DIR, "--component", component, "--prefix", first});
    }
    std::filesystem::rename(first, root());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root())) {
      if (entry.path().filename() == "sqlbus-driver.pc") pkgconfig_ = entry.path().parent_path();
    }
  }

  std::filesystem::path root() const { return folder_ / "root"; }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  std::string pkg_config(const std::string& question) const {
    auto answer = must({"pkg-config", question, "sqlbus-driver"}).output;
    answer.erase(answer.find_last_not_of(" \n") + 1);
    return answer;
  }

  Ran run(std::vector<std::string> argv) const {
    const auto output = folder_ / "output";
    write_text_file(output, "");
    ChildProcess child(
        {.argv = std::move(argv),
         .environment = {"PKG_CONFIG_PATH=" + pkgconfig_, "CFLAGS=-O1 -Wall -Wextra -Werror"},
         .output = output});
    const auto end = child.wait(kStepMax);
    return {end ? end->code : -1, read_text_file(output)};
  }
  // It has to go well.
  Ran must(std::vector<std::string> argv) const {
    auto ran = run(std::move(argv));
    REQUIRE_MESSAGE(ran.code == 0, ran.output);
    return ran;
  }

 private:
  TempDir folder_;
  std::string pkgconfig_;
};

}  // namespace

TEST_CASE("the template is built outside the tree, passes the check, and serves a bus") {
  const InstalledKit kit;
  const auto copy = kit.file("template");
  std::filesystem::copy(kit.pkg_config("--variable=templatedir"), copy,
                        std::filesystem::copy_options::recursive);
  const auto build = (copy / "build").string();
  kit.must({"cmake", "-S", copy, "-B", build, "-DCMAKE_PREFIX_PATH=" + kit.root().string()});
  kit.must({"cmake", "--build", build});
  kit.must({"cmake", "--install", build});
  kit.must({"make", "-C", copy, "template.so"});

  const auto installed =
      std::filesystem::canonical(kit.pkg_config("--variable=driverdir") + "/template.so");
  for (const auto& driver : {installed, copy / "template.so"}) {
    const auto report =
        kit.run({kit.root() / "bin/sqlbus", "driver-check", driver, "--option",
                 "database=" + kit.file("scratch.db").string(), "--only", "transaction"});
    CHECK_MESSAGE(report.code == 0, report.output);
    CHECK(report.output.find(", 0 failed") != std::string::npos);
  }

  const auto database = kit.file("bus.db").string();
  Scene scene(Store::kSqlite, {.other_sections = "[own]\ndriver = " + installed.string() +
                                                 "\ndatabase = " + database + "\n"});
  const auto ask = [&](const std::string& sql) {
    auto request = scene.request(sql);
    request.database = "own";
    scene.push(request);
    return scene.answer(request.uuid);
  };
  CHECK(ask("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT)").error_id == 0);
  CHECK(ask("INSERT INTO t VALUES (1, 'a'), (2, 'b')").affected == 2);
  const auto refused = ask("INSERT INTO t VALUES (1, 'c')");
  CHECK(refused.error_id != 0);
  CHECK(refused.sqlstate == "23505");
  const auto answer = ask("SELECT word FROM t ORDER BY id");
  CHECK(answer.dbtype == "SQLITE");
  CHECK(answer.fields == std::vector<std::string>{"word"});
}

TEST_CASE("a driver in C++ is built by the installed kit alone") {
  const InstalledKit kit;
  kit.must({"c++", "-std=c++20", "-shared", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra",
            "-Wpedantic", "-Wconversion", "-Werror", "-Wno-missing-field-initializers",
            kit.pkg_config("--cflags"),
            std::string(SQLBUS_SOURCE_DIR) + "/tests/package/kit_driver.cpp", "-o",
            kit.file("kit.so")});
  const auto report = kit.run({kit.root() / "bin/sqlbus", "driver-check", kit.file("kit.so")});
  CHECK(report.code == 2);
  CHECK_MESSAGE(report.output.find("cannot connect: no server is named (SQLSTATE 08001)") !=
                    std::string::npos,
                report.output);
}

}  // namespace sqlbus::test
