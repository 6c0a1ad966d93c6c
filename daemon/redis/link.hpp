// A connection to Redis that comes back: connects, identifies itself, and after a loss tries again
// with a growing, jittered wait. Loop thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/backoff.hpp"
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

  // Only while up. The handler is not called when the connection is lost before the answer.
  void send(const Command& command, RedisConnection::Handler handler, milliseconds block = {});
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
  std::array<std::string, kScriptCount> digests_;
  std::unique_ptr<RedisConnection> connection_;
};

}  // namespace sqlbus
