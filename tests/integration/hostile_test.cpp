// What must never be believed: envelopes, channels and statements that try to do harm.
#include <string>
#include <vector>

#include "protocol/base64.hpp"
#include "protocol/error_id.hpp"
#include "tests/integration/reloading.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

std::string envelope(const std::string& members) {
  return R"({"UUID":"u-1","APP":"a","PID":1,"TYPE":"REQUEST","TIMESTAMP":1,)" + members + "}";
}

// Pushes and waits for the dead letter it becomes, which holds the envelope byte for byte.
void check_dead(Scene& scene, const std::string& bytes, ErrorId error) {
  const auto before = scene.dead_count();
  scene.push(bytes);
  REQUIRE(eventually([&] { return scene.dead_count() == before + 1; }));
  const auto letter = scene.dead();
  CHECK(static_cast<int>(letter.error) == static_cast<int>(error));
  CHECK(letter.request == bytes);
  CHECK_FALSE(letter.message.empty());
}

}  // namespace

TEST_CASE("an envelope that is no request becomes a dead letter, byte for byte") {
  Scene scene(Store::kSqlite);
  struct Case {
    std::string bytes;
    ErrorId error;
  };
  const std::vector<Case> cases{
      {"", ErrorId::kMalformedJson},
      {"not json", ErrorId::kMalformedJson},
      {"[1,2]", ErrorId::kMalformedJson},
      {"{\"UUID\":", ErrorId::kMalformedJson},
      {std::string(200000, '['), ErrorId::kMalformedJson},
      {std::string("\x00\x01\x02\xff", 4), ErrorId::kMalformedJson},
      {envelope("\"SYNC\":false,\"STATEMENT\":\"select '\xff'\""), ErrorId::kMalformedJson},
      {envelope(R"("STATEMENT":"select 1")"), ErrorId::kInvalidField},
      {envelope(R"("SYNC":false)"), ErrorId::kInvalidField},
      {envelope(R"("SYNC":true,"STATEMENT":"select 1")"), ErrorId::kInvalidField},
      {envelope(R"("SYNC":false,"STATEMENT":"select 1","sync":false)"), ErrorId::kInvalidField},
      {envelope(R"("SYNC":false,"STATEMENT":"delete from t\u0000 where i = 1")"),
       ErrorId::kInvalidField},
      {envelope(R"("SYNC":false,"STATEMENT":[])"), ErrorId::kInvalidField},
      {envelope(R"("SYNC":false,"STATEMENT":"select 1","DATABASE":"missing")"),
       ErrorId::kUnknownDatabase},
      {envelope(R"("SYNC":false,"STATEMENT":"begin")"), ErrorId::kStatementRefused},
  };
  for (const auto& c : cases) {
    CAPTURE(c.bytes.substr(0, 120));
    check_dead(scene, c.bytes, c.error);
  }
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a SYNC caller whose channel can be read is answered, whatever else is wrong") {
  Scene scene(Store::kSqlite);
  scene.push(R"({"PID":-1,"SYNC":true,"RCHANNEL":"back","UUID":"u-2","STATEMENT":5})");
  const auto response = scene.answer("back");
  CHECK(response.uuid == "u-2");
  CHECK(response.error_id == static_cast<int>(ErrorId::kInvalidField));
  CHECK(scene.dead_count() == 1);

  scene.push(envelope(R"("SYNC":true,"RCHANNEL":"back","DATABASE":"nope","STATEMENT":"select 1")"));
  CHECK(scene.answer("back").error_id == static_cast<int>(ErrorId::kUnknownDatabase));
  CHECK(scene.dead_count() == 2);
}

TEST_CASE("an envelope beyond request_max is answered and kept whole") {
  Scene scene(Store::kSqlite);
  const auto big = envelope(R"("SYNC":true,"RCHANNEL":"back","STATEMENT":"select ')" +
                            std::string(std::size_t{64} << 20U, 'x') + "'\"");
  scene.push(big);
  const auto response = scene.answer("back");
  CHECK(response.error_id == static_cast<int>(ErrorId::kTooLarge));
  CHECK(response.uuid == "u-1");
  REQUIRE(scene.dead_count() == 1);
  CHECK(scene.dead().request == big);
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("an envelope that is the id of the daemon does not vanish") {
  Scene scene(Store::kSqlite);
  CHECK(scene.value("select 1") == "1");  // it owns the queue, which it need not to be ready
  const auto id = scene.redis().command({"GET", "{SqlBusDefaultQueue}:owner"}).text;
  REQUIRE_FALSE(id.empty());
  scene.push(id);
  REQUIRE(eventually([&] { return scene.dead_count() == 1; }));
  CHECK(scene.dead().request == id + " ");
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a large envelope of any bytes is kept whole, however long its letter becomes") {
  Scene scene(Store::kSqlite);
  check_dead(scene, std::string(std::size_t{20} << 20U, '\x01'), ErrorId::kMalformedJson);
  check_dead(scene, std::string(std::size_t{20} << 20U, '\xff'), ErrorId::kMalformedJson);
  CHECK(scene.value("select 1") == "1");
}

TEST_CASE("a reply channel that is a queue or a key of the bus is refused, and nothing runs") {
  Scene scene(Store::kSqlite);
  REQUIRE(scene.ask("create table d (i integer)").error_id == 0);
  for (const std::string channel :
       {"SqlBusDefaultQueue", "{SqlBusDefaultQueue}:dead", "{SqlBusDefaultQueue}:owner"}) {
    CAPTURE(channel);
    check_dead(scene,
               envelope(R"x("SYNC":true,"STATEMENT":"insert into d values (1)","RCHANNEL":")x" +
                        channel + "\""),
               ErrorId::kInvalidField);
  }
  CHECK(scene.value("select count(*) from d") == "0");
}

TEST_CASE("a response never goes into somebody's data, and its request is kept") {
  Scene scene(Store::kSqlite);
  scene.redis().command({"SET", "a-string", "precious"});
  scene.redis().command({"LPUSH", "a-list", "precious"});
  for (const std::string channel : {"a-string", "a-list"}) {
    CAPTURE(channel);
    check_dead(scene,
               envelope(R"("SYNC":true,"STATEMENT":"select 1","RCHANNEL":")" + channel + "\""),
               ErrorId::kInvalidField);
  }
  CHECK(scene.redis().command({"GET", "a-string"}).text == "precious");
  CHECK(scene.redis().command({"LRANGE", "a-list", "0", "-1"}).texts() ==
        std::vector<std::string>{"precious"});
}

TEST_CASE("a response never goes into the queue of another bus, which would expire with it") {
  Scene scene(Store::kSqlite, {.queue = "SqlBusDefaultQueue"});
  PrivateBus other(with(scene.config(), "queue = SqlBusDefaultQueue", "queue = OfAnotherBus"));
  REQUIRE(other.wait_ready());
  REQUIRE(eventually([&] {
    return scene.redis().command({"EXISTS", "{OfAnotherBus}:owner"}).integer == 1;
  }));
  check_dead(scene, envelope(R"("SYNC":true,"STATEMENT":"select 1","RCHANNEL":"OfAnotherBus")"),
             ErrorId::kInvalidField);
  CHECK(scene.redis().command({"LLEN", "{OfAnotherBus}:dead"}).integer == 0);
}

TEST_CASE("a response expires, and several may wait in one list") {
  Scene scene(Store::kSqlite);
  for (int i = 0; i < 2; ++i) {
    scene.push(envelope(R"("SYNC":true,"RCHANNEL":"shared","STATEMENT":"select 1")"));
  }
  REQUIRE(eventually([&] { return scene.redis().command({"LLEN", "shared"}).integer == 2; }));
  const auto left = scene.redis().command({"PTTL", "shared"}).integer;
  CHECK(left > 590000);
  CHECK(left <= 600000);
}

TEST_CASE("one request runs one statement, and a NUL runs none") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table d (i integer)").error_id == 0);
  REQUIRE(scene.ask("insert into d values (1), (2)").affected == 2);
  scene.push(scene.request("select 1; drop table d", false));
  scene.push(scene.request("insert into d values (3); delete from d", false));
  scene.push(envelope(R"("SYNC":false,"STATEMENT":"delete from d\u0000 where i = 1")"));
  CHECK(scene.value("select count(*) from d") == "2");
  CHECK(scene.dead_count() == 3);
}

}  // namespace sqlbus::test
