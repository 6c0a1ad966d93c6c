#include "client/kv/kv_requests.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "protocol/request_codec.hpp"

namespace sqlbus::kv {
namespace {

const EpochTime kNow{std::chrono::microseconds(1'000'000)};

Path path_of(const char* text) {
  const auto path = Path::parse(text);
  REQUIRE_MESSAGE(path.ok(), path.error().message);
  return *path;
}

Speech speech(const char* dbtype, bool refuses = false) {
  Response probed;
  probed.dbtype = dbtype;
  probed.error_id = refuses ? -1 : 0;
  const auto found = speech_of(probed);
  REQUIRE_MESSAGE(found.ok(), found.error().message);
  return *found;
}

}  // namespace

TEST_CASE("a path is told by what is wrong with it") {
  for (const std::string& text :
       {std::string(), std::string("/"), std::string("/a"), std::string("a/"), std::string("a//b"),
        std::string("a\0b", 3), std::string("\xC0\x80"), std::string(1025, 'x'),
        "a/" + std::string(256, 'x')}) {
    CAPTURE(text);
    CHECK_FALSE(Path::parse(text).ok());
  }
  CHECK(path_of("a/b c/ü").str() == "a/b c/ü");
  CHECK(path_of("a/b/c").key() == "a");
  CHECK(path_of("a").key() == "a");
}

TEST_CASE("all that is below a path lies between its first and its end, and nothing else does") {
  const auto path = path_of("a/b");
  for (const std::string below : {"a/b/c", "a/b/c/d", "a/b/ ", "a/b/\xFF"}) {
    CAPTURE(below);
    CHECK(below >= path.first());
    CHECK(below < path.end());
  }
  for (const std::string other : {"a/b", "a/b0", "a/b.", "a/b-c", "a/c", "a/", "b"}) {
    CAPTURE(other);
    CHECK((other < path.first() || other >= path.end()));
  }
}

TEST_CASE(
    "a database is known by its answer to the probe, and its driver's placeholders by a refusal") {
  CHECK_FALSE(speech("SQLITE").has_dollars);
  CHECK_FALSE(speech("MARIADB").has_dollars);
  CHECK_FALSE(speech("POSTGRESQL").has_dollars);  // by ODBC
  CHECK(speech("POSTGRESQL", true).has_dollars);
  CHECK(speech("POSTGRESQL", true).written("a = ? AND b > ?") == "a = $1 AND b > $2");
  Response other;
  other.dbtype = "ORACLE";
  CHECK(speech_of(other).error().message.find("ORACLE") != std::string::npos);
  Response nobody;
  nobody.error_id = 1201;
  nobody.message = "no such database";
  CHECK(speech_of(nobody).error().message == "no such database");
}

TEST_CASE("every request about a path has its first segment as KEY, and is waited for") {
  for (const auto& dialect : {speech("SQLITE"), speech("POSTGRESQL", true), speech("MARIADB")}) {
    const auto path = path_of("top/b");
    for (const auto& request :
         {set_request(dialect, path, "x", std::nullopt, kNow), get_request(dialect, path, kNow),
          delete_request(dialect, path, true, kNow), delete_request(dialect, path, false, kNow),
          list_request(dialect, path, false, kNow), list_request(dialect, path, true, kNow),
          expiry_request(dialect, path, kNow), expire_request(dialect, path, kNow, kNow),
          probe_request(path)}) {
      CHECK(request.sync);
      REQUIRE(request.key.has_value());
      CHECK(*request.key == "top");
    }
    CHECK_FALSE(list_request(dialect, std::nullopt, false, kNow).key.has_value());
  }
}

TEST_CASE(
    "a request has as many parameters as placeholders, also of the largest value within an "
    "envelope") {
  for (const auto& dialect : {speech("SQLITE"), speech("MARIADB")}) {
    const auto path = path_of("a/b");
    for (const auto& request :
         {set_request(dialect, path, "x", kNow, kNow), get_request(dialect, path, kNow),
          delete_request(dialect, path, true, kNow), list_request(dialect, path, true, kNow),
          list_request(dialect, std::nullopt, false, kNow), expiry_request(dialect, path, kNow),
          expire_request(dialect, path, std::nullopt, kNow)}) {
      for (const auto& statement : request.statements) {
        const auto sql = statement.sql.view();
        CHECK(static_cast<std::size_t>(std::count(sql.begin(), sql.end(), '?')) ==
              statement.params.size());
      }
    }
  }
  auto largest = set_request(speech("SQLITE"), path_of("a"), std::string(kValueBytesMax, '\xFF'),
                             std::nullopt, kNow);
  largest.uuid = "1";
  largest.app = "a";
  largest.rchannel = "1";
  CHECK(encode_request(largest).size() < std::size_t{23} << 20U);
}

}  // namespace sqlbus::kv
