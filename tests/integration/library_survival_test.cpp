// libsqlbus while callers, Redis and the daemon die.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
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

// Two callers, each with a handle of its own: one sends many at a time, the other asks.
class Callers {
 public:
  explicit Callers(Scene& scene) : scene_(scene) {
    LibraryHandle bus(scene.redis().socket());
    LibraryAnswer created;
    REQUIRE(ask(bus, "create table t (i integer, who text)", created) == SQLBUS_E_OK);
    threads_.emplace_back([this] { send(); });
    threads_.emplace_back([this] { query(0); });
    threads_.emplace_back([this] { query(1); });
  }
  ~Callers() { end(); }
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  // Each has come further.
  [[nodiscard]] bool go_on() {
    const std::array<int, 3> before = {sent_, asked_[0], asked_[1]};
    return eventually(
        [&] {
          return fault_ != 0 ||
                 (sent_ > before[0] && asked_[0] > before[1] && asked_[1] > before[2]);
        },
        std::chrono::seconds{60});
  }
  void end() {
    is_ending_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  void check() {
    end();
    CHECK(fault_ == 0);
    CHECK(longest_ms_ < 31'000);
    REQUIRE(scene_.is_drained());
    const auto counts = [&](const std::string& who) {
      return scene_.value("select count(*) || ' ' || count(distinct i) from t where who = '" + who +
                          "'");
    };
    const auto twice = [](int n) { return std::to_string(n) + " " + std::to_string(n); };
    CHECK(counts("many") == twice(sent_));
    CHECK(counts("0") == twice(asked_[0]));
    CHECK(counts("1") == twice(asked_[1]));
    CHECK(scene_.dead_count() == 0);
  }

 private:
  static constexpr int kMany = 400;

  void send() {
    sqlbus_options options = library_options();
    options.retry_ms = 30'000;
    options.buffer_count_max = 50;
    const LibraryHandle bus(scene_.redis().socket(), options);
    std::vector<sqlbus_param> values(kMany);
    std::vector<sqlbus_request> requests(kMany,
                                         library_request("insert into t values ($1, 'many')"));
    while (!is_ending_ && fault_ == 0) {
      for (int i = 0; i < kMany; ++i) {
        values[static_cast<std::size_t>(i)] = sqlbus_param_int(sent_ + i);
        requests[static_cast<std::size_t>(i)].params = &values[static_cast<std::size_t>(i)];
        requests[static_cast<std::size_t>(i)].param_count = 1;
      }
      std::size_t accepted = 0;
      const int code =
          sqlbus_send_many(bus.get(), requests.data(), requests.size(), nullptr, &accepted);
      if (code != SQLBUS_E_OK || accepted != kMany) fault_ = 1;
      sent_ += kMany;
      // So that no more is on the queue than the bus gets done.
      LibraryAnswer done;
      if (ask(bus, "select 1", done) != SQLBUS_E_OK) fault_ = 5;
    }
  }

  void query(int who) {
    const LibraryHandle bus(scene_.redis().socket());
    const std::string name = std::to_string(who);
    while (!is_ending_ && fault_ == 0) {
      const int number = asked_[who];
      const sqlbus_param params[] = {sqlbus_param_int(number), sqlbus_param_text(name.c_str())};
      sqlbus_request insert = library_request("insert into t values ($1, $2)");
      insert.params = params;
      insert.param_count = 2;
      insert.key = name.c_str();
      sqlbus_request select = insert;
      select.statement = "select $1, $2";
      LibraryAnswer inserted;
      LibraryAnswer selected;
      const auto begun = steady_clock::now();
      const int code = sqlbus_query(bus.get(), &insert, 30'000, inserted.place());
      if (code != SQLBUS_E_OK || inserted.affected() != 1) fault_ = 2;
      if (sqlbus_query(bus.get(), &select, 30'000, selected.place()) != SQLBUS_E_OK) fault_ = 3;
      if (selected.text(0, 0) != std::to_string(number) || selected.text(0, 1) != name) fault_ = 4;
      const auto ms = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun).count();
      if (ms > longest_ms_) longest_ms_ = static_cast<int>(ms);
      ++asked_[who];
    }
  }

  Scene& scene_;
  std::atomic<bool> is_ending_ = false;
  std::atomic<int> fault_ = 0;
  std::atomic<int> sent_ = 0;
  std::array<std::atomic<int>, 2> asked_{};
  std::atomic<int> longest_ms_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("many are sent in order, and those before one that is none") {
  PrivateRedis redis;
  sqlbus_options options = library_options();
  options.buffer_count_max = 7;
  LibraryHandle bus(redis.socket(), options);
  CHECK(bus.add("before") == SQLBUS_E_OK);
  std::vector<std::string> sql(20);
  std::vector<sqlbus_request> requests;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    sql[i] = "select " + std::to_string(i);
    requests.push_back(library_request(sql[i].c_str()));
  }
  std::vector<std::array<char, SQLBUS_UUID_SIZE>> uuids(sql.size());
  const auto send = [&](std::size_t& accepted) {
    return sqlbus_send_many(bus.get(), requests.data(), requests.size(),
                            reinterpret_cast<char(*)[SQLBUS_UUID_SIZE]>(uuids.data()), &accepted);
  };
  std::size_t accepted = 0;
  CHECK(send(accepted) == SQLBUS_E_OK);
  CHECK(accepted == 20);
  CHECK(redis.command({"LLEN", kQueue}).integer == 21);
  const auto envelopes = redis.command({"LRANGE", kQueue, "0", "-1"}).texts();
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const std::string& envelope = envelopes.at(19 - i);
    CHECK(envelope.find("\"" + sql[i] + "\"") != std::string::npos);
    CHECK(envelope.find(uuids[i].data()) != std::string::npos);
  }
  requests[9].statement = "";
  CHECK(send(accepted) == SQLBUS_E_ARGUMENT);
  CHECK(bus.error() == "request 10: STATEMENT is empty");
  CHECK(accepted == 9);
  CHECK(redis.command({"LLEN", kQueue}).integer == 30);
  CHECK(uuids[8].front() != '\0');
  CHECK(uuids[9].front() == '\0');
  CHECK(uuids[10].front() == '\0');
  CHECK(bus.flush() == 1);  // what the buffer held before
}

TEST_CASE("many that a silent Redis kept may be sent again under their UUIDs") {
  ON_EACH_STORE(store);
  Scene scene(store);
  sqlbus_options options = library_options();
  options.answer_timeout_ms = 100;
  options.buffer_count_max = 5;
  LibraryHandle bus(scene.redis().socket(), options);
  LibraryAnswer created;
  REQUIRE(ask(bus, "create table t (i integer)", created) == SQLBUS_E_OK);
  std::vector<std::string> sql(20);
  std::vector<sqlbus_request> requests;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    sql[i] = "insert into t values (" + std::to_string(i) + ")";
    requests.push_back(library_request(sql[i].c_str()));
  }
  std::vector<std::array<char, SQLBUS_UUID_SIZE>> uuids(sql.size());
  std::size_t accepted = 99;
  scene.redis().pause();
  const int code =
      sqlbus_send_many(bus.get(), requests.data(), requests.size(),
                       reinterpret_cast<char(*)[SQLBUS_UUID_SIZE]>(uuids.data()), &accepted);
  scene.redis().resume();
  CHECK(code == SQLBUS_E_UNCLEAR);
  CHECK(accepted == 0);
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (uuids[i].front() != '\0') requests[i].uuid = uuids[i].data();
  }
  CHECK(sqlbus_send_many(bus.get(), requests.data(), requests.size(), nullptr, &accepted) ==
        SQLBUS_E_OK);
  CHECK(accepted == 20);
  REQUIRE(scene.is_drained());
  CHECK(scene.value("select count(*) from t") == "20");
}

TEST_CASE(
    "Redis is killed in the middle of many and of queries: nothing is lost, doubled or crossed") {
  Scene scene(Store::kSqlite);
  Callers callers(scene);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(callers.go_on());
    scene.redis().kill9();
    scene.redis().restart();
  }
  CHECK(callers.go_on());
  callers.check();
}

TEST_CASE(
    "the daemon is killed in the middle of many and of queries: nothing is lost, doubled or "
    "crossed") {
  ON_EACH_STORE(store);
  Scene scene(store);
  Callers callers(scene);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(callers.go_on());
    scene.bus().kill9();
    scene.bus().restart();
    REQUIRE(scene.bus().wait_ready());
  }
  CHECK(callers.go_on());
  callers.check();
}

TEST_CASE("a caller that is killed leaves nothing that others meet") {
  Scene scene(Store::kSqlite);
  LibraryHandle bus(scene.redis().socket());
  LibraryAnswer created;
  REQUIRE(ask(bus, "create table t (i integer, who integer)", created) == SQLBUS_E_OK);
  for (int round = 0; round < 5; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      const LibraryHandle own(scene.redis().socket());
      for (int i = 0;; ++i) {
        const std::string values = std::to_string(i) + ", " + std::to_string(round) + ")";
        sqlbus_execute(own.get(), ("insert into t values (" + values).c_str(), nullptr, 0);
        LibraryAnswer answer;
        ask(own, "select " + std::to_string(i), answer);
      }
    }
    const std::string mine = "select count(*) from t where who = " + std::to_string(round);
    CHECK(eventually([&] { return std::stoi(scalar(bus, mine)) > 5; }));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(scalar(bus, "select 'alive'") == "alive");
  }
  REQUIRE(scene.is_drained());
  CHECK(scalar(bus,
               "select count(*) from (select i, who from t group by i, who having count(*) > 1)") ==
        "0");
  CHECK(scene.dead_count() == 0);
}

}  // namespace sqlbus::test
