// A redis-server of one's own, on a unix socket in a folder of its own, with an append-only file.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/redis_client.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

// Throws std::runtime_error, with the server's log, where it does not come up.
class PrivateRedis {
 public:
  struct Options {
    std::vector<std::string> arguments = {};  // behind our own, so that they win
    std::string password = {};                // requirepass; our own client gives it
    bool has_tcp = false;                     // listens on a free port of 127.0.0.1 as well
  };

  PrivateRedis() : PrivateRedis(Options{}) {}
  explicit PrivateRedis(Options options);

  std::string socket() const { return dir_ / "redis.sock"; }
  std::uint16_t port() const { return port_; }  // 0 without has_tcp
  std::string log() const;

  // By a connection that lives as long as the server. Own ones, for blocking calls and threads,
  // come from connect().
  Reply command(std::initializer_list<std::string_view> arguments);
  RedisClient connect() const;

  void kill9();
  // Ends it where it still runs, by SIGTERM, and starts it anew on the same folder.
  void restart();
  // SIGSTOP and SIGCONT: connected, and silent.
  void pause() { server_->kill(SIGSTOP); }
  void resume() { server_->kill(SIGCONT); }

 private:
  void start();
  bool answers();

  const Options options_;
  TempDir dir_;
  std::uint16_t port_ = 0;
  std::optional<ChildProcess> server_;
  std::optional<RedisClient> client_;
};

}  // namespace sqlbus::test
