// A connection to Redis that comes back: connects, identifies itself, and after a loss tries again
// with a growing, jittered wait. Loop thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/backoff.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/log/log.hpp"
#include "daemon/loop/event_loop.hpp"
#include "daemon/redis/connection.hpp"
#include "daemon/redis/scripts.hpp"

namespace sqlbus {

// What INFO says of the server, as far as it matters to a queue.
struct RedisServerInfo {
  std::string version;
  std::string run_id;  // of the server's process
  int version_major = 0;
  int version_minor = 0;
  std::string maxmemory_policy;
  bool has_aof = false;
  bool is_replica = false;
};

// What is known of a connection, for who asks how the daemon is. Moments are running_time()'s.
struct RedisContact {
  bool is_up = false;
  std::chrono::nanoseconds since{};  // it has been up, or not
  std::string reason{};              // why it is not
  // It takes connections and says nothing: since when, and how long the command may have waited
  // there by itself.
  std::optional<std::chrono::nanoseconds> silent_since{};
  milliseconds block{};
};

class RedisLink {
 public:
  enum class Purpose : std::uint8_t { kScripts, kBlocking };  // kBlocking loads no scripts
  struct Events {
    std::function<void()> on_up;
    std::function<void()> on_down;  // also for each try that failed
  };

  RedisLink(EventLoop& loop, const Settings& settings, Log& log, std::string name, Purpose purpose,
            Events events);

  void open();
  // Drops the connection, if there is one, and connects again only by open().
  void close();
  // Drops a connection whose state is not known any more, and connects anew.
  void restart(std::string reason);

  bool is_up() const { return is_up_; }
  std::int64_t client_id() const { return client_id_; }
  const RedisServerInfo& server() const { return server_; }
  RedisContact contact() const;
  const RedisMetrics& metrics() const { return metrics_; }

  // Only while up. The handler is not called when the connection is lost before the answer.
  void send(const Command& command, RedisConnection::Handler handler, milliseconds block = {},
            RedisCommandKind kind = RedisCommandKind::kOther);
  // The same, but it leaves with the next command that is sent: one system call for all.
  void send_with_next(const Command& command, RedisConnection::Handler handler);
  // Runs a script. An answer NOSCRIPT (Redis has forgotten it) restarts the connection, which
  // loads it again.
  void run(Script script, const Command& keys, const Command& arguments,
           RedisConnection::Handler handler);

 private:
  void identify();
  void expect(const Command& command, std::string_view what);
  void take_server_info(std::string_view info);
  void load_scripts();
  void come_up();
  void lose(std::string reason);
  std::optional<std::chrono::nanoseconds> silent_since() const;

  EventLoop& loop_;
  const Settings& settings_;
  Log& log_;
  std::string name_;
  Purpose purpose_;
  Events events_;
  Backoff backoff_;
  Timer retry_;
  bool is_up_ = false;
  std::string logged_reason_;  // why the connection was lost last
  std::size_t attempts_ = 0;
  std::int64_t client_id_ = 0;
  RedisServerInfo server_;
  RedisMetrics metrics_;
  std::chrono::nanoseconds changed_at_ = running_time();  // is_up_
  // Carried on from one connection to the next, until an answer comes or a connection is refused.
  std::optional<std::chrono::nanoseconds> silent_since_;
  std::size_t answers_before_up_ = 0;
  std::array<std::string, kScriptCount> digests_;
  std::unique_ptr<RedisConnection> connection_;
};

}  // namespace sqlbus
