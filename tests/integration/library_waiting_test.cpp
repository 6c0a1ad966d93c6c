// What libsqlbus does while answers come late, or never.
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/library_answer.hpp"
#include "tests/integration/library_handle.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string response(const std::string& uuid, const std::string& cell) {
  return R"({"UUID":")" + uuid +
         R"(","APP":"SQLBUS-SERVER","PID":1,"TYPE":"RESPONSE","DBTYPE":"SQLITE","TIMESTAMP":1,)"
         R"("MESSAGE":"","ERRORID":0,"FIELDS":1,"FIELD":["c"],"ROWS":1,"RESULT":[[")" +
         cell + R"("]],"AFFECTED":0,"TYPES":["text"]})";
}

// Plays the bus: the answer to a request, with an expiry.
void answer(RedisClient& redis, const std::string& uuid, const std::string& cell) {
  redis.append({"LPUSH", uuid, response(uuid, cell)});
  redis.append({"PEXPIRE", uuid, "60000"});
  CHECK_FALSE(redis.read().is_error());
  CHECK_FALSE(redis.read().is_error());
}

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

std::size_t clients(PrivateRedis& redis) {
  const std::string list = redis.command({"CLIENT", "LIST"}).text;
  return static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n'));
}

}  // namespace

TEST_CASE("10,000 late answers: each query gets its own, and nothing is left over") {
  PrivateRedis redis;
  RedisClient bus_side = redis.connect();
  LibraryHandle bus(redis.socket());
  const std::size_t files = open_files();
  int crossed = 0;
  int late = 0;
  for (int i = 0; i < 10'000; ++i) {
    sqlbus_request request = library_request("select 1");
    request.flags = SQLBUS_NO_DEADLINE;
    // It is given up, and then answered: before the next one is asked, or while that waits.
    late += sqlbus_query(bus.get(), &request, 1, nullptr) == SQLBUS_E_TIMEOUT ? 1 : 0;
    const std::string old = sqlbus_last_uuid(bus.get());
    if (i % 2 == 0) answer(bus_side, old, "late");
    sqlbus_pending* query = nullptr;
    REQUIRE(sqlbus_query_start(bus.get(), &request, 30'000, &query) == SQLBUS_E_OK);
    const std::string uuid = sqlbus_last_uuid(bus.get());
    if (i % 2 != 0) answer(bus_side, old, "late");
    answer(bus_side, uuid, "own");
    LibraryAnswer own;
    REQUIRE(sqlbus_query_wait(bus.get(), query, own.place()) == SQLBUS_E_OK);
    if (own.text(0, 0) != "own" || sqlbus_result_uuid(own.get()) != uuid) ++crossed;
    CHECK(redis.command({"EXISTS", uuid}).integer == 0);
  }
  CHECK(crossed == 0);
  // Some come so early that there was no connection yet.
  CHECK(late > 1000);
  CHECK(open_files() <= files);
  CHECK(eventually([&] { return clients(redis) <= 4; }));
  // The old channels are there, and expire.
  const auto channels = redis.command({"KEYS", "*-*-*-*-*"}).texts();
  CHECK(channels.size() <= 10'000);
  for (const std::string& channel : channels) {
    REQUIRE(redis.command({"PTTL", channel}).integer > 0);
  }
}

TEST_CASE("an answer with another UUID on the channel is discarded") {
  PrivateRedis redis;
  RedisClient bus_side = redis.connect();
  LibraryHandle bus(redis.socket());
  sqlbus_request request = library_request("select 1");
  request.uuid = "mine";
  sqlbus_pending* query = nullptr;
  REQUIRE(sqlbus_query_start(bus.get(), &request, 30'000, &query) == SQLBUS_E_OK);
  REQUIRE_FALSE(bus_side.command({"LPUSH", "mine", response("other", "other")}).is_error());
  answer(bus_side, "mine", "own");
  LibraryAnswer own;
  CHECK(sqlbus_query_wait(bus.get(), query, own.place()) == SQLBUS_E_OK);
  CHECK(own.text(0, 0) == "own");
}

TEST_CASE("what is no response is said, and the next query is well") {
  PrivateRedis redis;
  RedisClient bus_side = redis.connect();
  LibraryHandle bus(redis.socket());
  for (const char* json :
       {"{", "[]", "{}", R"({"UUID":"u","ERRORID":0,"FIELD":["a"],"RESULT":[[]]})",
        R"({"UUID":"u","ERRORID":0,"FIELD":["a"],"TYPES":["int","int"]})"}) {
    CAPTURE(json);
    sqlbus_request request = library_request("select 1");
    request.uuid = "u";
    sqlbus_pending* query = nullptr;
    REQUIRE(sqlbus_query_start(bus.get(), &request, 30'000, &query) == SQLBUS_E_OK);
    REQUIRE_FALSE(bus_side.command({"LPUSH", "u", json}).is_error());
    LibraryAnswer none;
    CHECK(sqlbus_query_wait(bus.get(), query, none.place()) == SQLBUS_E_BAD_ANSWER);
    CHECK_FALSE(none.has_come());
  }
}

TEST_CASE("a Redis that says nothing holds nobody beyond the timeout") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  CHECK(scalar(bus, "select 1") == "1");
  scene.redis().pause();
  const auto begun = steady_clock::now();
  LibraryAnswer none;
  const int asked = ask(bus, "select 1", none, 400);
  const auto time = steady_clock::now() - begun;
  scene.redis().resume();
  CHECK(asked == SQLBUS_E_TIMEOUT);
  CHECK(time < milliseconds{2000});
  CHECK(scalar(bus, "select 2") == "2");
}

TEST_CASE("signals do not make a timeout longer") {
  PrivateRedis redis;
  struct sigaction nothing {};
  nothing.sa_handler = [](int) {};
  struct sigaction before {};
  sigaction(SIGUSR1, &nothing, &before);  // without SA_RESTART: each interrupts a system call
  std::atomic<bool> is_over = false;
  const pthread_t self = pthread_self();
  std::thread nagging([&] {
    while (!is_over) {
      pthread_kill(self, SIGUSR1);
      std::this_thread::yield();
    }
  });
  LibraryHandle bus(redis.socket());
  LibraryAnswer none;
  const auto begun = steady_clock::now();
  const int asked = ask(bus, "select 1", none, 300);
  const auto time = steady_clock::now() - begun;
  is_over = true;
  nagging.join();
  sigaction(SIGUSR1, &before, nullptr);
  CHECK(asked == SQLBUS_E_TIMEOUT);
  CHECK(time < milliseconds{2000});
}

TEST_CASE("a Redis that is away is said when the time is over, and awaited until then") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  redis.kill9();
  LibraryAnswer none;
  const auto begun = steady_clock::now();
  CHECK(ask(bus, "select 1", none, 300) == SQLBUS_E_CONNECT);
  CHECK(steady_clock::now() - begun < milliseconds{2000});
  CHECK(bus.send("select 1") == SQLBUS_E_CONNECT);

  sqlbus_options options = library_options();
  options.retry_ms = 20'000;
  LibraryHandle patient(redis.socket(), options);
  CHECK(patient.opened() == SQLBUS_E_CONNECT);
  std::thread sender([&] { CHECK(patient.send("select 2") == SQLBUS_E_OK); });
  redis.restart();
  sender.join();
  CHECK(redis.command({"LLEN", kQueue}).integer == 1);
}

TEST_CASE("a password that is wrong is not tried until the time is over") {
  PrivateRedis redis({.password = "secret"});
  const auto begun = steady_clock::now();
  LibraryHandle bus("unix://:wrong@" + redis.socket());
  LibraryAnswer none;
  CHECK(ask(bus, "select 1", none, 20'000) == SQLBUS_E_CONNECT);
  CHECK(steady_clock::now() - begun < milliseconds{10'000});
  CHECK(bus.error().find("WRONGPASS") != std::string::npos);
  CHECK(bus.error().find("wrong@") == std::string::npos);
}

TEST_CASE("a queue that is full takes no query; a list that is none is refused by Redis") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.queue_max = 1;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.send("a") == SQLBUS_E_OK);
  LibraryAnswer none;
  CHECK(ask(bus, "b", none) == SQLBUS_E_FULL);
  redis.command({"SET", "no-list", "x"});
  options.queue_max = 0;
  options.queue = "no-list";
  LibraryHandle wrong(redis.socket(), options);
  CHECK(ask(wrong, "c", none) == SQLBUS_E_REFUSED);
  CHECK(wrong.error().find("WRONGTYPE") != std::string::npos);
}

TEST_CASE("a query without resending that is torn off is unclear") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.flags = SQLBUS_NO_RESEND;
  options.answer_timeout_ms = 100;
  LibraryHandle bus(redis.socket(), options);
  std::int64_t now_us = 0;
  REQUIRE(sqlbus_now(bus.get(), &now_us) == SQLBUS_E_OK);
  redis.pause();
  sqlbus_request request = library_request("select 1");
  request.flags = SQLBUS_NO_DEADLINE;
  LibraryAnswer none;
  const int code = sqlbus_query(bus.get(), &request, 20'000, none.place());
  redis.resume();
  CHECK(code == SQLBUS_E_UNCLEAR);
  CHECK(bus.error().starts_with("the request may be on the queue or not: "));
}

}  // namespace sqlbus::test
