#include "client/demo/demo.hpp"

#include <unistd.h>

#include <chrono>
#include <iomanip>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "client/bus_client.hpp"
#include "client/demo/pretty_json.hpp"
#include "client/progress_bar.hpp"
#include "protocol/keys.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/uuid.hpp"
#include "tests/support/private_bus.hpp"
#include "tests/support/private_postgres.hpp"
#include "tests/support/private_redis.hpp"

namespace sqlbus::demo {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t kInserts = 10'000;
constexpr std::size_t kPipelined = 100;
constexpr milliseconds kPatience = std::chrono::minutes{2};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Request new_request(Statement statement) {
  Request request;
  request.uuid = make_uuid_v7();
  request.app = "demo";
  request.pid = getpid();
  request.timestamp =
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  request.statements = {std::move(statement)};
  return request;
}

Request waiting_request(const std::string& sql) {
  Request request = new_request({.sql = sql, .params = {}});
  request.sync = true;
  request.rchannel = request.uuid;
  return request;
}

Request insert_request(std::int64_t number) {
  return new_request(
      {.sql = "INSERT INTO orders (id, customer, amount) VALUES ($1, $2, $3)",
       .params = {{.kind = Value::Kind::kInteger, .integer = number, .text = {}},
                  {.kind = Value::Kind::kText, .text = "customer " + std::to_string(number % 97)},
                  {.kind = Value::Kind::kNumber, .text = std::to_string(number % 500) + ".50"}}});
}

// The servers, in the order in which they need each other.
struct Servers {
  explicit Servers(bool on_postgres) {
    if (on_postgres) postgres.emplace(test::PrivatePostgres::Options{.is_durable = true});
    bus.emplace(test::BusConfig{
        .redis_socket = redis.socket(),
        .database = on_postgres ? postgres->section() : test::sqlite_section(dir / "demo.db")});
    if (!bus->wait_ready()) fail("sqlbusd does not start:\n" + bus->log());
  }

  test::TempDir dir;
  test::PrivateRedis redis;
  std::optional<test::PrivatePostgres> postgres;
  std::optional<test::PrivateBus> bus;
};

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options), servers_(options.on_postgres), bus_(connect(servers_.redis.socket())) {}

  void run() {
    std::cout << std::fixed << std::setprecision(1) << "SQLBUS on "
              << (options_.on_postgres ? "PostgreSQL" : "SQLite")
              << ", with a redis-server of its own, all below " << getenv("TMPDIR") << "\n";
    create_table();
    const Clock::time_point start = Clock::now();
    enqueue_inserts();
    ask_for_all(start);
    ask_alone();
    show_failure();
    show_way_on();
  }

 private:
  static BusClient connect(const std::string& socket) {
    auto bus = BusClient::connect({.unix_socket = socket}, std::string(keys::kDefaultQueue),
                                  std::chrono::seconds{5});
    if (!bus) fail(bus.error().message);
    return *std::move(bus);
  }

  BusClient::Answer ask(const Request& request) {
    auto answer = bus_.ask(request, kPatience);
    if (!answer) fail(answer.error().message);
    if (!*answer) fail("no answer; the bus says:\n" + servers_.bus->log());
    return **std::move(answer);
  }

  void create_table() {
    std::cout << "\nA table, by a request that waits (SYNC):\n";
    const Clock::time_point start = Clock::now();
    const BusClient::Answer answer = ask(waiting_request(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, amount NUMERIC)"));
    if (answer.response.error_id != 0) fail(answer.response.message);
    std::cout << "  created, answered after " << ms_since(start) << " ms\n";
  }

  void enqueue_inserts() {
    std::cout << "\n" << grouped(kInserts) << " inserts that nobody waits for:\n";
    ProgressBar bar(kInserts);
    double spent_ms = 0;
    std::vector<Request> batch;
    for (std::int64_t number = 1; number <= kInserts; ++number) {
      batch.push_back(insert_request(number));
      if (batch.size() < kPipelined && number < kInserts) continue;
      const Clock::time_point start = Clock::now();
      if (const Status sent = bus_.send(batch); !sent) fail(sent.error().message);
      spent_ms += ms_since(start);
      batch.clear();
      bar.show(number);
    }
    const auto count = static_cast<double>(kInserts);
    std::cout << "  handed over at " << grouped(static_cast<std::int64_t>(count * 1000 / spent_ms))
              << " requests/s, " << spent_ms * 1000 / count << " µs of the caller's time each\n";
  }

  void ask_for_all(Clock::time_point first_insert) {
    std::cout << "\nA query that waits, behind them in the queue, and so sees them all:\n";
    const Request request = waiting_request("SELECT count(*) AS orders FROM orders");
    const Clock::time_point start = Clock::now();
    const BusClient::Answer answer = ask(request);
    const double waited_ms = ms_since(start);
    const double rate = static_cast<double>(kInserts) * 1000 / ms_since(first_insert);
    std::cout << pretty_json(encode_request(request), "  ") << "\n"
              << pretty_json(answer.json, "  ") << "\n";
    const auto& rows = answer.response.rows;
    if (rows.size() != 1 || rows[0].size() != 1 || rows[0][0].text != std::to_string(kInserts)) {
      fail("the query does not see " + std::to_string(kInserts) + " rows");
    }
    std::cout << "  answered after " << waited_ms << " ms; from the first insert to here "
              << grouped(static_cast<std::int64_t>(rate)) << " rows/s went to the database\n";
  }

  void ask_alone() {
    const Clock::time_point start = Clock::now();
    ask(waiting_request("SELECT customer FROM orders WHERE id = 4711"));
    std::cout << std::setprecision(2) << "  one more with nothing before it: " << ms_since(start)
              << " ms\n"
              << std::setprecision(1);
  }

  void show_failure() {
    std::cout << "\nA statement that fails is answered too:\n";
    const Request request = waiting_request("INSERT INTO invoices (id) VALUES (1)");
    const BusClient::Answer answer = ask(request);
    std::cout << pretty_json(encode_request(request), "  ") << "\n"
              << pretty_json(answer.json, "  ") << "\n";
    if (answer.response.error_id != -1 || answer.response.sqlstate.empty()) {
      fail("an insert into a table that does not exist was not refused");
    }
  }

  void show_way_on() const {
    const std::string socket = servers_.redis.socket();
    if (!options_.stays) {
      std::cout << "\nAll as promised; servers and data are gone. To send requests of your own: "
                   "./dev demo --stay\n";
      return;
    }
    std::cout << "\nThe bus stays up until Ctrl-C. From another terminal:\n"
              << "  build/sqlbus query --redis unix://" << socket
              << " 'SELECT * FROM orders LIMIT 5'\n"
              << "  redis-cli -s " << socket << " LPUSH SqlBusDefaultQueue "
              << R"('{"UUID":"1","APP":"me","PID":1,"TYPE":"REQUEST","SYNC":true,)"
              << R"("RCHANNEL":"1","TIMESTAMP":0,"STATEMENT":"SELECT 6*7"}')"
              << "\n"
              << "  redis-cli -s " << socket << " BRPOP 1 5" << std::endl;
    pause();
  }

  DemoOptions options_;
  Servers servers_;
  BusClient bus_;
};

}  // namespace

void run_demo(const DemoOptions& options) { Demo(options).run(); }

}  // namespace sqlbus::demo
