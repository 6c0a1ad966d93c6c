#include "protocol/ledger_entry.hpp"

#include <doctest/doctest.h>

#include <set>

namespace sqlbus {
namespace {

Request request() {
  Request request;
  request.app = "shop";
  request.statements = {{"insert into t values (?)", {{Value::Kind::kInteger, 1, ""}}}};
  return request;
}

}  // namespace

TEST_CASE("a UUID in its usual form takes 17 bytes in the ledger, and comes back") {
  const std::string uuid = "0194a8d2-7f00-7abc-8def-0123456789ab";
  const auto id = ledger_id_of(uuid);
  CHECK(id.size() == 17);
  CHECK(id ==
        std::string("\x01\x01\x94\xa8\xd2\x7f\x00\x7a\xbc\x8d\xef\x01\x23\x45\x67\x89\xab", 17));
  CHECK(uuid_of_ledger_id(id) == uuid);
}

TEST_CASE("any other UUID is its own id") {
  for (const std::string uuid :
       {"a", "order-17", "0194A8D2-7F00-7ABC-8DEF-0123456789AB",
        "0194a8d2-7f00-7abc-8def-0123456789ag", "0194a8d2+7f00-7abc-8def-0123456789ab",
        "0194a8d27f007abc8def0123456789ab0000", "1234567890123456", "12345678901234567"}) {
    CAPTURE(uuid);
    CHECK(ledger_id_of(uuid) == uuid);
    CHECK(uuid_of_ledger_id(uuid) == uuid);
  }
}

TEST_CASE("ids of time-ordered UUIDs sort as they do") {
  CHECK(ledger_id_of("0194a8d2-7f00-7abc-8def-0123456789ab") <
        ledger_id_of("0194a8d2-7f01-7abc-8def-0123456789ab"));
}

TEST_CASE("the digest is of what the request says, and of nothing else") {
  const auto digest = digest_of(request());
  auto copy = request();
  copy.uuid = "another";
  copy.pid = 7;
  copy.sync = true;
  copy.rchannel = "r";
  copy.deadline = EpochTime(std::chrono::seconds(5));
  CHECK(digest_of(copy) == digest);
  CHECK(digest == 4064518071317809140U);  // what stands in ledgers has to stay
}

TEST_CASE("each part of what it says changes the digest") {
  std::set<std::uint64_t> digests{digest_of(request())};
  const auto add = [&](auto&& change) {
    auto other = request();
    change(other);
    digests.insert(digest_of(other));
  };
  add([](Request& r) { r.app = "shops"; });
  add([](Request& r) { r.key = ""; });
  add([](Request& r) { r.key = "k"; });
  add([](Request& r) { r.statements[0].sql = r.statements[0].sql.str() + " "; });
  add([](Request& r) { r.statements[0].params[0].integer = 2; });
  add([](Request& r) { r.statements[0].params[0] = {Value::Kind::kText, 0, "1"}; });
  add([](Request& r) { r.statements[0].params.clear(); });
  add([](Request& r) { r.statements.push_back(r.statements[0]); });
  add([](Request& r) { r.form = Request::Form::kTransaction; });
  CHECK(digests.size() == 10);
}

}  // namespace sqlbus
