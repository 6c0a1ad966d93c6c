#include "daemon/config/secrets.hpp"

#include <doctest/doctest.h>

namespace sqlbus {
namespace {

TEST_CASE("secrets are taken out of a text, each time they stand there") {
  Secrets secrets;
  secrets.add("");
  secrets.add("hunter2");
  secrets.add("hunter2hunter2!");
  CHECK(secrets.masked("hunter2: no, hunter2hunter2! or hunter2") == "***: no, *** or ***");
  CHECK(secrets.masked("nothing") == "nothing");
}

TEST_CASE("passwords of a connection string are secrets, however they are written") {
  struct Case {
    std::string text, said, shown;
  };
  const Case cases[] = {
      {"DSN=x;PWD=s3cret;UID=u", "bad s3cret", "bad ***"},
      {"pwd = s3cret", "bad s3cret", "bad ***"},
      {"Password={s3;cr}}et};UID=u", "bad {s3;cr}}et}", "bad ***}"},
      {"PWD={s3;cret}", "bad s3;cret}", "bad ***}"},
      {"PWD={s3", "bad s3", "bad ***"},
      {"PWD=", "bad", "bad"},
      {"PWD", "bad", "bad"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    Secrets secrets;
    secrets.add_connection_string(each.text);
    CHECK(secrets.masked(each.said) == each.shown);
  }
}

}  // namespace
}  // namespace sqlbus
