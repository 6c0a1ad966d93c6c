#include "client/command/load/envelope_maker.hpp"

#include <doctest/doctest.h>

#include <variant>

#include "client/command/load/member_scan.hpp"
#include "protocol/request_codec.hpp"

using sqlbus::EnvelopeMaker;
using sqlbus::Request;
using sqlbus::Value;

namespace {

Request decoded(const std::string& envelope) {
  auto outcome = sqlbus::decode_request(envelope, 1 << 20);
  REQUIRE_MESSAGE(std::holds_alternative<Request>(outcome), envelope);
  return std::get<Request>(std::move(outcome));
}

sqlbus::LoadIdentity identity() {
  return {.name = "f.sql", .app = "till \"2\"", .pid = 7, .key = "f.sql", .database = "orders"};
}

}  // namespace

TEST_CASE("a line of SQL becomes a request that nobody waits for") {
  EnvelopeMaker maker(identity(), "");
  std::string envelope;
  REQUIRE(maker.statement(3, "insert into t values ('ä \"b\" \\ c')", envelope).ok());
  const Request request = decoded(envelope);
  CHECK(request.app == "till \"2\"");
  CHECK(request.pid == 7);
  CHECK_FALSE(request.sync);
  CHECK(request.key->view() == "f.sql");
  CHECK(request.database->view() == "orders");
  CHECK(request.statements[0].sql == "insert into t values ('ä \"b\" \\ c')");
  CHECK(request.timestamp > sqlbus::EpochTime{});
  std::string again;
  REQUIRE(maker.statement(3, "insert into t values ('ä \"b\" \\ c')", again).ok());
  CHECK(decoded(again).uuid == request.uuid);
}

TEST_CASE("what no request can hold is refused, and never mended") {
  EnvelopeMaker maker(identity(), "insert");
  std::string envelope;
  CHECK_FALSE(maker.statement(1, "select '\xff'", envelope).ok());
  CHECK_FALSE(maker.statement(1, std::string_view("select '\0'", 11), envelope).ok());
  CHECK_FALSE(maker.row(1, "\xff", {"\xff"}, envelope).ok());
}

TEST_CASE("a row of CSV is bound as text and NULL") {
  EnvelopeMaker maker(identity(), "insert into t (a,b,c) values ($1,$2,$3)");
  std::string envelope;
  REQUIRE(maker.row(9, "5,,\"\"", {"5", {}, ""}, envelope).ok());
  const Request request = decoded(envelope);
  CHECK(request.statements[0].sql == "insert into t (a,b,c) values ($1,$2,$3)");
  const sqlbus::Params expected = {
      {.kind = Value::Kind::kText, .text = "5"}, {}, {.kind = Value::Kind::kText, .text = ""}};
  CHECK(request.statements[0].params == expected);
}

TEST_CASE("a complete envelope goes byte for byte") {
  EnvelopeMaker maker(identity(), "");
  const std::string whole =
      R"( {"uuid":"1", "APP":"me","PID":1,"TYPE":"REQUEST","SYNC":false,"TIMESTAMP":0,)"
      R"("STATEMENT":["a","{\"b\""],"DATABASE":"other"} )";
  std::string envelope;
  REQUIRE(maker.envelope(1, whole, envelope).ok());
  CHECK(envelope == whole);
}

TEST_CASE("an envelope gets what it lacks, and keeps what it has") {
  EnvelopeMaker maker(identity(), "");
  std::string envelope;
  REQUIRE(maker.envelope(1, R"({"STATEMENT":"insert $1","PARAMS":[{"BASE64":"AA=="}]})", envelope)
              .ok());
  const Request bare = decoded(envelope);
  CHECK(bare.uuid.size() == 36);
  CHECK(bare.key->view() == "f.sql");
  CHECK(bare.database->view() == "orders");
  CHECK(bare.statements[0].params.size() == 1);

  REQUIRE(maker
              .envelope(2, R"({"app":"me","Uuid":"mine","statement":"x","key":"k","DATABASE":"d"})",
                        envelope)
              .ok());
  const Request kept = decoded(envelope);
  CHECK(kept.uuid == "mine");
  CHECK(kept.app == "me");
  CHECK(kept.key->view() == "k");
  CHECK(kept.database->view() == "d");
  CHECK(kept.pid == 7);
}

TEST_CASE("a line that only looks like an envelope is refused") {
  EnvelopeMaker maker(identity(), "");
  std::string envelope;
  for (const char* line : {"{", "{}", R"({"UUID":"1"})", R"({"STATEMENT":"x"} x)",
                           R"({"STATEMENT":"x")", R"({"STATEMENT":"x",})", R"({STATEMENT:"x"})"}) {
    CAPTURE(line);
    CHECK_FALSE(maker.envelope(1, line, envelope).ok());
  }
}

TEST_CASE("a quick look finds the members of the object itself, and only those") {
  using Member = sqlbus::EnvelopeMember;
  const auto found = sqlbus::scan_members(
      R"({"Statement":{"UPDATE":"}","UUID":"x"},"x":[1,{"KEY":"]"}],"pid":-1e5,"SYNC" : true})");
  REQUIRE(found);
  CHECK(found->has(Member::kStatement));
  CHECK(found->has(Member::kPid));
  CHECK(found->has(Member::kSync));
  CHECK_FALSE(found->has(Member::kUuid));
  CHECK_FALSE(found->has(Member::kKey));
  CHECK_FALSE(found->is_complete());
  // These are for a reader that knows more.
  for (const char* line : {"", "[]", "{}", R"({"a\u0062":1})", R"({"a":1}})", R"({"a":"b)",
                           R"({"a":[1)", R"({"a" 1})", "{\"a\":\"\n\"}"}) {
    CAPTURE(line);
    CHECK_FALSE(sqlbus::scan_members(line));
  }
}
