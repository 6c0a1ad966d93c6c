#include <doctest/doctest.h>

#include "daemon/config/parse_settings.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

using namespace std::string_literals;

struct PasswordFolder {
  test::TempDir dir;

  Result<Settings> parse(const std::string& lines) const {
    return parse_settings("[db]\ndriver=null\n" + lines, dir / "sqlbus.ini");
  }
  std::string fault(const std::string& lines) const {
    const std::string ini = dir / "sqlbus.ini";
    const Result<Settings> settings = parse(lines);
    REQUIRE_FALSE(settings);
    CHECK(settings.error().message.starts_with(ini + ":3: [db] password_file: "));
    return settings.error().message.substr((ini + ":3: [db] password_file: ").size());
  }
};

TEST_CASE("a password is read from its file, without the line's end") {
  const PasswordFolder folder;
  struct Case {
    std::string content, password;
  };
  const Case cases[] = {{"secret", "secret"},
                        {"secret\n", "secret"},
                        {"secret\r\n", "secret"},
                        {" ${x} # ;\n", " ${x} # ;"}};
  for (const Case& each : cases) {
    CAPTURE(each.content);
    test::write_text_file(folder.dir / "pw", each.content);
    const Result<Settings> settings = folder.parse("password_file = pw\n");
    REQUIRE_MESSAGE(settings.ok(), settings.error().message);
    CHECK(settings->databases[0].password == each.password);
  }
  const Result<Settings> settings =
      folder.parse("[redis]\npassword_file = " + (folder.dir / "pw").string() + "\n");
  REQUIRE(settings);
  CHECK(settings->redis.password == " ${x} # ;");
}

TEST_CASE("a password file that cannot be one is named, and nothing of it told") {
  const PasswordFolder folder;
  CHECK(folder.fault("password_file = none\n") == "cannot read 'none': No such file or directory");
  CHECK(folder.fault("password_file = .\n") == "cannot read '.': Is a directory");
  CHECK(folder.fault("password_file = /dev/zero\n") ==
        "cannot read '/dev/zero': larger than 4096 bytes");
  for (const std::string& content : {""s, "\n"s, "hunter2\nhunter3\n"s, "hunter2\0"s}) {
    CAPTURE(content);
    test::write_text_file(folder.dir / "pw", content);
    CHECK(folder.fault("password_file = pw\n") == "'pw' does not hold one line of text");
  }
}

TEST_CASE("password and password_file exclude one another") {
  const PasswordFolder folder;
  CHECK(folder.fault("password_file = none\npassword = x\n") == "password is given as well");
}

}  // namespace
}  // namespace sqlbus
