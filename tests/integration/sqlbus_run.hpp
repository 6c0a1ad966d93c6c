// One run of the `sqlbus` command.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

struct SqlbusRun {
  int code;
  std::string output;

  std::size_t count(std::string_view part) const {
    std::size_t found = 0;
    for (auto at = output.find(part); at != std::string::npos; at = output.find(part, at + 1)) {
      ++found;
    }
    return found;
  }
  bool holds(std::string_view part) const { return count(part) > 0; }
};

inline SqlbusRun run_sqlbus(std::vector<std::string> arguments,
                            const std::vector<std::string>& environment = {}) {
  const TempDir dir;
  arguments.insert(arguments.begin(), SQLBUS_BUILD_DIR "/sqlbus");
  ChildProcess command({.argv = arguments, .environment = environment, .output = dir / "out"});
  const auto status = command.wait(std::chrono::seconds(40));
  REQUIRE(status.has_value());
  return {status->code, read_text_file(dir / "out")};
}

}  // namespace sqlbus::test
