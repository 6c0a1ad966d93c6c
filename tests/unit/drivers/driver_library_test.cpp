#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "daemon/session/driver_library.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus {
namespace {

const std::string kFolder = SQLBUS_BUILD_DIR "/tests/drivers";

std::string path_of(const std::string& name) { return kFolder + "/plain_c_" + name + ".so"; }

}  // namespace

TEST_CASE("a driver written in C is loaded by its path") {
  const auto driver = load_driver(path_of("good"));
  REQUIRE(driver.ok());
  CHECK(driver->table->name == std::string("plain"));
  CHECK(driver->path == path_of("good"));
}

TEST_CASE("a driver is found by its name in the first folder that has it") {
  const std::vector<std::string> folders = {"/absent", kFolder};
  const auto driver = load_driver("plain_c_good", folders);
  REQUIRE(driver.ok());
  CHECK(driver->path == path_of("good"));
}

TEST_CASE("drivers are looked for beside the executable and where they are installed") {
  const auto folders = driver_folders();
  REQUIRE(folders.size() == 2);
  CHECK(folders[0] == SQLBUS_BUILD_DIR "/tests/drivers");
  CHECK(folders[1].ends_with("/sqlbus/drivers"));
}

TEST_CASE("each fault of a driver is one clear line that names it") {
  const test::TempDir folder;
  const std::string text = folder / "text.so";
  std::ofstream(text) << "not a library";
  const std::vector<std::string> folders = {"/one", "/two"};
  const struct {
    std::string driver;
    std::string says;
  } cases[] = {
      {"", "no driver is named"},
      {"oracle", "there is no oracle.so in /one nor in /two"},
      {"/absent/x.so", "cannot be loaded: "},
      {text, "cannot be loaded: "},
      {path_of("no_entry"), "not a SQLBUS driver: no symbol sqlbus_driver_entry"},
      {path_of("returns_null"), "it does not serve ABI version 1, which this daemon has"},
      {path_of("wrong_version"), "made for ABI version 99, this daemon has 1"},
      {path_of("too_small"), "its table of functions has 16 bytes, this daemon needs "},
      {path_of("no_rollback"), "its function rollback is missing"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.driver);
    const auto driver = load_driver(c.driver, folders);
    REQUIRE_FALSE(driver.ok());
    const auto& message = driver.error().message;
    CHECK(message.starts_with("driver \"" + c.driver + "\": "));
    CHECK_MESSAGE(message.find(c.says) != std::string::npos, message);
    CHECK(message.find('\n') == std::string::npos);
  }
}

}  // namespace sqlbus
