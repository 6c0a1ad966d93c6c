// The buffer of libsqlbus, and what it does about a Redis that fails.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "protocol/request_codec.hpp"
#include "tests/integration/library_handle.hpp"
#include "tests/integration/scene.hpp"
#include "tests/support/eventually.hpp"

namespace sqlbus::test {
namespace {

// The requests on the queue, the one that the bus takes first in front.
std::vector<Request> queued(PrivateRedis& redis) {
  std::vector<Request> requests;
  auto envelopes = redis.command({"LRANGE", kQueue, "0", "-1"}).texts();
  std::ranges::reverse(envelopes);
  for (const std::string& envelope : envelopes) {
    auto decoded = decode_request(envelope, 1U << 20U);
    REQUIRE(std::holds_alternative<Request>(decoded));
    requests.push_back(std::get<Request>(std::move(decoded)));
  }
  return requests;
}

std::string statements(PrivateRedis& redis) {
  std::string text;
  for (const Request& request : queued(redis)) text += request.statements.at(0).sql.str() + " ";
  return text;
}

std::int64_t length(PrivateRedis& redis) { return redis.command({"LLEN", kQueue}).integer; }

bool becomes(PrivateRedis& redis, std::int64_t wanted) {
  return eventually([&] { return length(redis) == wanted; });
}

}  // namespace

TEST_CASE("what is added stays here until it is flushed, and arrives in order") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  for (const char* sql : {"a", "b", "c"}) CHECK(bus.add(sql) == SQLBUS_E_OK);
  CHECK(bus.count() == 3);
  CHECK(length(redis) == 0);
  CHECK(bus.flush() == 3);
  CHECK(bus.count() == 0);
  CHECK(statements(redis) == "a b c ");
  CHECK(bus.flush() == 0);
}

TEST_CASE("the buffer goes off when it has its number of requests") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.buffer_count_max = 3;
  options.buffer_age_max_ms = 3'600'000;
  LibraryHandle bus(redis.socket(), options);
  for (int i = 0; i < 8; ++i) CHECK(bus.add(std::to_string(i)) == SQLBUS_E_OK);
  CHECK(becomes(redis, 6));
  CHECK(bus.flush() == 8);
  CHECK(statements(redis) == "0 1 2 3 4 5 6 7 ");
}

TEST_CASE("the buffer goes off when it has its number of bytes") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.buffer_bytes_max = 2000;
  options.buffer_age_max_ms = 3'600'000;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.add("small") == SQLBUS_E_OK);
  CHECK(bus.add(std::string(2000, 'x')) == SQLBUS_E_OK);
  CHECK(becomes(redis, 2));
  CHECK(bus.flush() == 2);
}

TEST_CASE("the buffer goes off when a request is added and the first has waited long enough") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.buffer_age_max_ms = 1;
  LibraryHandle bus(redis.socket(), options);
  std::size_t added = 0;
  CHECK(eventually([&] {
    ++added;
    return bus.add("a") != SQLBUS_E_OK || length(redis) > 0;
  }));
  CHECK(bus.flush() == added);
}

TEST_CASE("requests whose answer was lost are sent again and take effect once, in order") {
  ON_EACH_STORE(store);
  Scene scene(store);
  REQUIRE(scene.ask("create table t (i integer primary key)").error_id == 0);
  sqlbus_options options = library_options();
  options.answer_timeout_ms = 100;
  options.buffer_count_max = 4;
  LibraryHandle bus(scene.redis().socket(), options);
  const auto add = [&](int i) {
    return bus.add("insert into t values (" + std::to_string(i) + ")");
  };
  CHECK(add(0) == SQLBUS_E_OK);
  scene.redis().pause();
  int added = 1;
  while (add(added) == SQLBUS_E_OK) ++added;
  CHECK(added == 8);  // four on their way, four more
  CHECK(bus.error().find("no answer in time") != std::string::npos);
  std::size_t accepted = 99;
  CHECK(bus.flush(accepted) != SQLBUS_E_OK);
  CHECK(accepted == 0);
  CHECK(bus.count() == 8);
  scene.redis().resume();
  CHECK(bus.flush() == 8);
  CHECK(bus.count() == 0);
  CHECK(add(8) == SQLBUS_E_OK);
  CHECK(bus.flush() == 1);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "9");
  CHECK(scene.dead_count() == 0);
}

TEST_CASE("a flush that was not answered is unclear, and the next one has the same UUIDs") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.answer_timeout_ms = 100;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.add("a") == SQLBUS_E_OK);
  CHECK(bus.add("b") == SQLBUS_E_OK);
  redis.pause();
  std::size_t accepted = 99;
  CHECK(bus.flush(accepted) == SQLBUS_E_UNCLEAR);
  CHECK(bus.add("c") == SQLBUS_E_UNCLEAR);
  redis.resume();
  CHECK(bus.flush() == 2);
  std::set<std::string> uuids;
  for (const Request& request : queued(redis)) uuids.insert(request.uuid.str());
  CHECK(uuids.size() == 2);
}

TEST_CASE("a Redis that was restarted meanwhile is not noticed") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  CHECK(bus.send("a") == SQLBUS_E_OK);
  redis.restart();
  CHECK(bus.send("b") == SQLBUS_E_OK);
  CHECK(bus.add("c") == SQLBUS_E_OK);
  redis.restart();
  CHECK(bus.flush() == 1);
  CHECK(bus.add("d") == SQLBUS_E_OK);
  redis.restart();
  CHECK(bus.flush() == 1);
  CHECK(statements(redis) == "a b c d ");
}

TEST_CASE("a Redis that is away is an error; when it is back the same handle serves") {
  PrivateRedis redis;
  redis.kill9();
  LibraryHandle bus("unix://" + redis.socket());
  CHECK(bus.opened() == SQLBUS_E_CONNECT);
  CHECK(bus.error().find(redis.socket()) != std::string::npos);
  CHECK(bus.send("a") == SQLBUS_E_CONNECT);
  CHECK(bus.add("b") == SQLBUS_E_OK);
  std::size_t accepted = 99;
  CHECK(bus.flush(accepted) == SQLBUS_E_CONNECT);
  CHECK(bus.add("c") == SQLBUS_E_CONNECT);
  redis.restart();
  CHECK(bus.send("d") == SQLBUS_E_OK);
  CHECK(bus.error().empty());
  CHECK(statements(redis) == "b d ");
}

TEST_CASE("a refusal of Redis keeps the buffer, until it is discarded") {
  PrivateRedis redis;
  redis.command({"SET", kQueue, "no list"});
  LibraryHandle bus(redis.socket());
  CHECK(bus.send("a") == SQLBUS_E_REFUSED);
  CHECK(bus.error().find("WRONGTYPE") != std::string::npos);
  CHECK(bus.add("b") == SQLBUS_E_OK);
  std::size_t accepted = 99;
  CHECK(bus.flush(accepted) == SQLBUS_E_REFUSED);
  CHECK(accepted == 0);
  CHECK(bus.count() == 1);
  sqlbus_buffer_discard(bus.get());
  CHECK(bus.count() == 0);
  redis.command({"DEL", kQueue});
  CHECK(bus.add("c") == SQLBUS_E_OK);
  CHECK(bus.flush() == 1);
  CHECK(statements(redis) == "c ");
}

TEST_CASE("what is discarded on its way leaves the connection in step") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.buffer_count_max = 1;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.add("a") == SQLBUS_E_OK);
  sqlbus_buffer_discard(bus.get());
  CHECK(becomes(redis, 1));
  CHECK(bus.send("b") == SQLBUS_E_OK);
  CHECK(bus.flush() == 0);
  CHECK(length(redis) == 2);
}

TEST_CASE("a queue that is full takes nothing until there is room") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.queue_max = 2;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.send("a") == SQLBUS_E_OK);
  CHECK(bus.send("b") == SQLBUS_E_OK);
  CHECK(bus.send("c") == SQLBUS_E_FULL);
  CHECK(bus.error().find("2 requests wait") != std::string::npos);
  CHECK(bus.add("c") == SQLBUS_E_OK);
  std::size_t accepted = 99;
  CHECK(bus.flush(accepted) == SQLBUS_E_FULL);
  CHECK(bus.count() == 1);
  redis.command({"RPOP", kQueue});
  CHECK(bus.flush() == 1);
  CHECK(statements(redis) == "b c ");
}

TEST_CASE("a request that is too large is refused, and the next one is not") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.request_bytes_max = 5000;
  LibraryHandle bus(redis.socket(), options);
  const std::string large(5000, 'x');
  CHECK(bus.send(large.c_str()) == SQLBUS_E_TOO_LARGE);
  CHECK(bus.add(large) == SQLBUS_E_TOO_LARGE);
  CHECK(bus.count() == 0);
  CHECK(bus.send("small") == SQLBUS_E_OK);
  CHECK(length(redis) == 1);
}

TEST_CASE("a large request goes through, alone and in the buffer") {
  PrivateRedis redis;
  LibraryHandle bus(redis.socket());
  const std::string large(5U << 20U, 'x');
  CHECK(bus.send(large.c_str()) == SQLBUS_E_OK);
  CHECK(bus.add(large) == SQLBUS_E_OK);
  CHECK(bus.add("small") == SQLBUS_E_OK);
  CHECK(bus.flush() == 2);
  CHECK(length(redis) == 3);
}

TEST_CASE("a call that cannot be meant is refused, and the handle serves on") {
  PrivateRedis redis({.password = "hunter2"});
  LibraryHandle wrong("unix://:hunter3@" + redis.socket());
  CHECK(wrong.opened() == SQLBUS_E_CONNECT);
  CHECK(wrong.error().find("hunter") == std::string::npos);
  LibraryHandle nowhere("nowhere");
  CHECK(nowhere.opened() == SQLBUS_E_ARGUMENT);
  CHECK(nowhere.send("a") == SQLBUS_E_ARGUMENT);
  CHECK(nowhere.error().find("redis://") != std::string::npos);

  LibraryHandle bus("unix://:hunter2@" + redis.socket());
  CHECK(sqlbus_send(bus.get(), nullptr, nullptr) == SQLBUS_E_ARGUMENT);
  sqlbus_request request{};
  request.statement = "a";
  CHECK(bus.send(request) == SQLBUS_E_ARGUMENT);
  CHECK(bus.send("") == SQLBUS_E_ARGUMENT);
  CHECK(bus.add("") == SQLBUS_E_ARGUMENT);
  CHECK(bus.send("a") == SQLBUS_E_OK);
  CHECK(sqlbus_send(nullptr, &request, nullptr) == SQLBUS_E_ARGUMENT);
  CHECK(sqlbus_buffer_count(nullptr) == 0);
  sqlbus_buffer_discard(nullptr);
  sqlbus_close(nullptr);
}

TEST_CASE("threads that each have a handle do not meet") {
  PrivateRedis redis;
  constexpr int kThreads = 4;
  constexpr int kRequests = 500;
  std::array<int, kThreads> failures{};
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        int& failed = failures[static_cast<std::size_t>(thread)];
        sqlbus_options options = library_options();
        options.buffer_count_max = 50;
        LibraryHandle bus(redis.socket(), options);
        const std::string name = "thread " + std::to_string(thread);
        sqlbus_request request = library_request("x");
        request.key = name.c_str();
        for (int i = 0; i < kRequests; ++i) {
          const sqlbus_param param = sqlbus_param_int(i);
          request.params = &param;
          request.param_count = 1;
          const int code = i % 10 == 0 ? bus.send(request) : bus.add(request);
          failed += code == SQLBUS_E_OK ? 0 : 1;
        }
        std::size_t accepted = 0;
        failed += bus.flush(accepted) == SQLBUS_E_OK ? 0 : 1;
      });
    }
  }
  for (const int failed : failures) CHECK(failed == 0);
  const auto requests = queued(redis);
  CHECK(requests.size() == kThreads * kRequests);
  std::set<std::string> uuids;
  std::array<std::int64_t, kThreads> next{};
  for (const Request& request : requests) {
    uuids.insert(request.uuid.str());
    const auto thread = static_cast<std::size_t>(request.key.value().view().back() - '0');
    CHECK(request.statements.at(0).params.at(0).integer == next.at(thread)++);
  }
  CHECK(uuids.size() == requests.size());
}

}  // namespace sqlbus::test
