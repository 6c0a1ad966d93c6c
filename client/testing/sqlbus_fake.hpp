// sqlbus::Fake: a bus within a test, for programs that use one. Neither Redis nor a daemon: a
// socket of its own that speaks what clients say to Redis, and an SQLite in memory that executes
// what they send, as the bus does on SQLite. Whatever takes the URL of a Redis works on it, in C,
// C++ or any other language:
//
//   sqlbus::Fake bus;
//   bus.execute("create table orders (id integer, item text)");
//   bus.on("select price from catalog where item = ?").rows({"price"}, {{"0.42"}});
//   run_shop(bus.url());
//   CHECK(bus.requests()[0].params() == std::vector<sqlbus::Fake::Cell>{"42", "bolts"});
//   CHECK(bus.execute("select count(*) from orders")[0][0] == "1");
//
// Threads: any, at any time. A thread of its own serves the clients.
// Copies of a request take effect once, as on a bus with exactly_once. What the fake does not have:
// priorities, other databases than the one (every DATABASE is that), SQL that SQLite does not know
// unless on() tells the answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sqlbus {

class __attribute__((visibility("default"))) Fake {
 public:
  using Cell = std::optional<std::string>;  // nothing: NULL; numbers as written, bytes as they are
  using Row = std::vector<Cell>;

  struct Column {
    // `type`: one of TYPES in the protocol: "int", "decimal", "bytes", …
    Column(const char* its_name,
           std::string its_type = "text")  // NOLINT(google-explicit-constructor)
        : name(its_name), type(std::move(its_type)) {}
    std::string name;
    std::string type;
  };

  struct Statement {
    std::string sql;
    std::vector<Cell> params;
  };

  // One as it came. Those that are no request of the bus's have only an envelope.
  struct Request {
    std::string queue;
    std::string uuid;
    std::string app;
    std::string database;  // empty: the default one
    std::string key;       // empty: none
    bool sync = false;
    std::vector<Statement> statements;
    std::string envelope;

    std::string sql() const { return statements.empty() ? "" : statements.front().sql; }
    std::vector<Cell> params() const {
      return statements.empty() ? std::vector<Cell>() : statements.front().params;
    }
  };

  struct Failure {
    std::int32_t error_id = -1;  // an ERRORID of the protocol
    std::string message = "scripted";
    std::string sqlstate = {};
  };

  // One that nobody waited for and that failed.
  struct DeadLetter {
    Request request;
    Failure failure;
  };

  // What a statement is answered with in place of being executed, from then on.
  class Expectation {
   public:
    void rows(std::vector<Column> columns, std::vector<Row> rows);
    void changes(std::int64_t affected);
    void fails(Failure failure);

   private:
    friend class Fake;
    Expectation(Fake& fake, std::string sql) : fake_(fake), sql_(std::move(sql)) {}
    Fake& fake_;
    std::string sql_;
  };

  enum class Break : std::uint8_t { kBefore, kAfter };

  // Throws std::runtime_error (a socket cannot be made).
  Fake();
  ~Fake();
  Fake(const Fake&) = delete;
  Fake& operator=(const Fake&) = delete;

  // unix:///…/redis.sock
  std::string url() const;

  // For requests with this one statement; blanks count as one. The answer is given by a call of
  // what is returned: on("…").changes(3).
  Expectation on(std::string statement) { return {*this, std::move(statement)}; }

  // All requests in the order in which they came, copies among them.
  std::vector<Request> requests() const;
  // Waits until so many have come; false where they have not within the limit. A call of a client
  // that has returned has come: this is for what other threads and processes send.
  bool wait_for_requests(std::size_t count, std::chrono::milliseconds limit) const;
  std::vector<DeadLetter> dead() const;

  // On the SQLite itself, past the bus. Throws std::runtime_error with what SQLite says.
  std::vector<Row> execute(const std::string& sql);

  // The next `count` requests are not run, and end so.
  void fail_next(const Failure& failure, std::size_t count = 1);
  // The connection of the next push breaks before it arrives, or after.
  void break_next(Break when = Break::kAfter);
  // Requests stay on their queue, unanswered, until resume().
  void pause();
  void resume();
  // Redis cannot be reached until plug(). Throws std::runtime_error as the constructor does.
  void unplug();
  void plug();
  // The bus's clock goes on; requests whose NOT_BEFORE has come are run.
  void advance(std::chrono::milliseconds time);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sqlbus
