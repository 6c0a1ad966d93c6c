#include "daemon/log/rotated_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

std::set<std::string> files_of(const test::TempDir& dir) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

TEST_CASE("a name tells the second, and is never one that is taken") {
  const test::TempDir dir;
  const auto path = (dir / "a.log").string();
  const auto now = std::chrono::system_clock::now();
  const auto first = rotated_name(path, now);
  REQUIRE(first);
  CHECK(first->starts_with(path + ".2"));
  test::write_text_file(*first, "");
  const auto second = rotated_name(path, now);
  REQUIRE(second);
  CHECK(*second == *first + "-001");
  CHECK(*first < *second);
  std::filesystem::create_symlink("nowhere", *second);
  CHECK(rotated_name(path, now) == *first + "-002");
  for (const auto& name : {*first, *second}) {
    CHECK(is_rotated_name("a.log", std::filesystem::path(name).filename().string()));
  }
}

TEST_CASE("the oldest go, and what only looks alike stays") {
  const test::TempDir dir;
  const std::set<std::string> others = {"a.log",
                                        "a.log.1",
                                        "a.log.20260101-000000.gz",
                                        "a.log.20260101-000000-1",
                                        "a.log.2026010-1000000",
                                        "b.log.20260101-000000",
                                        "a.log.20260101_000000",
                                        "xa.log.20260101-000000",
                                        "a.log.20250101-000000"};  // a folder
  for (const auto& name : others) {
    if (name.find("2025") == std::string::npos) test::write_text_file(dir / name, "");
  }
  std::filesystem::create_directory(dir / "a.log.20250101-000000");
  for (const auto* name : {"a.log.20260101-000000", "a.log.20260101-000000-001",
                           "a.log.20260102-000000", "a.log.20261231-235959"}) {
    test::write_text_file(dir / name, "");
  }
  REQUIRE(remove_rotated(dir / "a.log", 2).ok());
  auto expected = others;
  expected.insert({"a.log.20260102-000000", "a.log.20261231-235959"});
  CHECK(files_of(dir) == expected);
  CHECK_FALSE(remove_rotated(dir / "none/a.log", 2).ok());
}

}  // namespace
}  // namespace sqlbus
