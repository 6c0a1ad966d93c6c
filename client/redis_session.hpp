// A blocking connection to Redis for the client's side. Not for several threads. It raises no
// SIGPIPE, and programs that this process starts do not inherit it.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/redis_url.hpp"
#include "protocol/result.hpp"

struct redisContext;
struct redisReply;

namespace sqlbus {

// An answer; an error of Redis is no answer but an Error.
struct RedisValue {
  enum class Kind : std::uint8_t { kNil, kText, kInteger, kArray };

  Kind kind = Kind::kNil;
  std::string text;
  std::int64_t integer = 0;
  std::vector<RedisValue> elements;

  bool is_nil() const { return kind == Kind::kNil; }
  // An empty value beyond the end, or where this is no array.
  const RedisValue& operator[](std::size_t index) const;
};

class RedisSession {
 public:
  using milliseconds = std::chrono::milliseconds;
  using TimePoint = std::chrono::steady_clock::time_point;
  using Arguments = std::span<const std::string_view>;

  struct Timeouts {
    milliseconds connect;  // without what the host's name takes to be found
    milliseconds answer;   // of every later answer
  };

  static Result<RedisSession> connect(const RedisAddress& address, Timeouts timeouts);
  static Result<RedisSession> connect(const RedisAddress& address, milliseconds timeout) {
    return connect(address, {.connect = timeout, .answer = timeout});
  }
  // The two halves of it. Where the second one fails and the session is not broken, Redis has
  // refused.
  static Result<RedisSession> open(const RedisAddress& address, Timeouts timeouts);
  Status log_in(const RedisAddress& address);

  // `wait`: how long the command itself may wait in Redis, on top of the timeout.
  Result<RedisValue> command(Arguments arguments, milliseconds wait = {});
  Result<RedisValue> command(std::initializer_list<std::string_view> arguments) {
    return command(Arguments{arguments.begin(), arguments.size()});
  }
  // EVAL. The script runs also where Redis is at its maxmemory.
  Result<RedisValue> run(std::string_view script, Arguments keys, Arguments arguments);

  // How long every later answer may take, where no patience is named.
  void set_answer_timeout(milliseconds timeout);

  // Pipelining: as many read() as append().
  void append(Arguments arguments);
  Result<RedisValue> read();
  // Sends commands that are RESP already, without a copy: as many read() as commands. Where it
  // fails, Redis has not got the last of them whole, and so does not execute it.
  Status write(std::string_view commands);
  // The same, however often a signal interrupts, as long as there is patience.
  struct Patience {
    TimePoint end;         // of all of it
    milliseconds silence;  // at most, between two parts
  };
  Status write(std::string_view commands, Patience patience);
  Result<RedisValue> read(Patience patience);

  bool is_broken() const;
  // For a connection on which no answer is awaited: Redis has not closed it, as far as is known
  // here without asking.
  bool is_alive() const;

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };

  RedisSession(std::unique_ptr<redisContext, Close> context, milliseconds timeout);

  Result<RedisValue> take(void* raw);
  Status wait_for(short events, Patience patience);
  Error connection_error() const;

  std::unique_ptr<redisContext, Close> context_;
  milliseconds timeout_;
  std::string appended_;
  bool is_cut_ = false;  // a command could not be sent whole
};

}  // namespace sqlbus
