// The programs that README.md shows, compiled and run.
#include <fstream>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

// The block that is fenced as `language`.
std::string readme_block(const std::string& language) {
  const std::string text = read_text_file(SQLBUS_SOURCE_DIR "/README.md");
  const std::string fence = "\n```" + language + "\n";
  const auto start = text.find(fence);
  REQUIRE(start != std::string::npos);
  const auto first = start + fence.size();
  return text.substr(first, text.find("```\n", first) - first);
}

// What a program prints.
std::string output_of(const std::vector<std::string>& argv) {
  const TempDir dir;
  ChildProcess program(
      {.argv = argv, .environment = {"LD_LIBRARY_PATH=" SQLBUS_BUILD_DIR}, .output = dir / "out"});
  const auto status = program.wait(std::chrono::seconds{60});
  const std::string output = read_text_file(dir / "out");
  CHECK_MESSAGE(status == ExitStatus{.code = 0}, output);
  return output;
}

std::string output_of_readme(const std::string& language, std::vector<std::string> compiler,
                             const std::string& url) {
  const TempDir dir;
  const std::string source = dir / ("program." + language);
  std::ofstream(source) << readme_block(language);
  const std::string program = dir / "program";
  for (const char* argument : {"-Wall", "-Wextra", "-Werror", "-pedantic"}) {
    compiler.emplace_back(argument);
  }
  compiler.insert(compiler.end(), {"-I", SQLBUS_SOURCE_DIR "/client", "-o", program, source, "-L",
                                   SQLBUS_BUILD_DIR, "-lsqlbus"});
  CHECK(output_of(compiler).empty());
  return output_of({program, url});
}

}  // namespace

TEST_CASE("the programs of README.md send, ask and print") {
  Scene scene(Store::kSqlite);
  const std::string url = "unix://" + scene.redis().socket();
  REQUIRE(scene.ask("create table t (i integer)").error_id == 0);
  CHECK(output_of_readme("c", {"cc", "-std=c99"}, url) == "44\n");
  CHECK(output_of_readme("cpp", {"c++", "-std=c++20"}, url) == "45\n");
  scene.bus().terminate();
  scene.redis().kill9();
  CHECK(output_of_readme("c", {"cc", "-std=c99"}, url).find(scene.redis().socket()) !=
        std::string::npos);
}

}  // namespace sqlbus::test
