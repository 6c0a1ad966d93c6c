// One connection to Redis, from connecting to its loss: commands in, answers out, in order. Loop
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/loop/event_loop.hpp"
#include "daemon/metrics/redis_metrics.hpp"
#include "daemon/redis/reply.hpp"
#include "daemon/redis/transport.hpp"

struct redisReader;

namespace sqlbus {

using Command = std::vector<std::string_view>;  // borrowed for the call

class RedisConnection {
 public:
  using Handler = std::function<void(Reply reply)>;
  struct Events {
    std::function<void()> on_open;
    // Once. Commands not answered by then may or may not have been carried out; their handlers are
    // not called. The connection may be destroyed in the callback.
    std::function<void(std::string reason)> on_lost;
  };
  struct Timeouts {
    std::chrono::milliseconds connect;
    std::chrono::milliseconds operate;  // longest silence while an answer is awaited
  };

  RedisConnection(EventLoop& loop, Timeouts timeouts, RedisMetrics& metrics, Events events);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Once. `attempt` chooses among several addresses of one name.
  void connect(const RedisAddress& address, std::size_t attempt);
  // `block` is how long the command itself may wait in Redis, on top of the operate timeout.
  void send(const Command& command, Handler handler, std::chrono::milliseconds block = {},
            RedisCommandKind kind = RedisCommandKind::kOther);
  // The same, but it leaves with the next command that is sent: one system call for all.
  void send_with_next(const Command& command, Handler handler);

  // The command whose answer is awaited next.
  struct Awaited {
    std::chrono::nanoseconds since;  // running_time(): the server has said nothing since then
    std::chrono::milliseconds block;
  };
  std::optional<Awaited> awaited() const;
  std::size_t answers() const { return answers_; }
  // It was lost because an answer did not come in time.
  bool was_silent() const { return was_silent_; }

 private:
  struct Pending {
    Handler handler;
    std::chrono::milliseconds block;
    RedisCommandKind kind;
    std::chrono::nanoseconds sent_at;
  };
  struct ReaderDeleter {
    void operator()(redisReader* reader) const;
  };

  std::string await(const Command& command, Pending pending);
  void take(std::string_view bytes);
  void lose(std::string reason);
  void watch();  // (re)starts the time limit of the oldest command
  void look_last();

  Timeouts timeouts_;
  RedisMetrics& metrics_;
  Events events_;
  std::unique_ptr<redisReader, ReaderDeleter> reader_;
  std::deque<Pending> pending_;
  std::string held_;  // leaves with the next command
  bool has_looked_last_ = false;
  bool is_open_ = false;
  bool was_silent_ = false;
  std::size_t answers_ = 0;
  std::chrono::nanoseconds heard_at_{};
  std::shared_ptr<bool> is_alive_;  // told false by the destructor: a handler may destroy us
  Timer limit_;
  Transport transport_;  // last: its events reach the members above
};

}  // namespace sqlbus
