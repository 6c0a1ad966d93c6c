// The servers of a run: Redis, a database, and two daemons of which one stands by.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/chaos/database.hpp"
#include "tests/chaos/options.hpp"
#include "tests/support/private_bus.hpp"
#include "tests/support/private_mariadb.hpp"
#include "tests/support/private_postgres.hpp"
#include "tests/support/private_redis.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::chaos {

inline constexpr std::string_view kQueue = "SqlBusDefaultQueue";
inline constexpr std::string_view kDead = "{SqlBusDefaultQueue}:dead";
inline constexpr std::size_t kDaemons = 2;
inline constexpr int kDeliveriesMax = 3;

// Belongs to the thread that made it, since the kernel ends the children with that thread.
class World {
 public:
  explicit World(Store store);

  test::PrivateRedis& redis() { return redis_; }
  test::PrivatePostgres& postgres() { return *postgres_; }
  Database& database() { return *database_; }
  // The database's, where it has one.
  void kill_server();
  void start_server();
  void pause_server();
  void resume_server();

  // Which of the daemons owns the queue; the first one where none does.
  std::size_t owner();
  void kill_daemon(std::size_t index);
  // SIGTERM, without waiting; has_ended() waits, for longer than a daemon may take.
  void end_daemon(std::size_t index);
  bool has_ended(std::size_t index);
  void start_daemon(std::size_t index);
  // SIGHUP with another number of lanes than the time before, where it is ready.
  void reload_daemon(std::size_t index);
  void signal_daemon(std::size_t index, int signal);
  // A sentence about each daemon that has ended without us.
  std::vector<std::string> deaths();
  // All that a daemon has logged, over its lives.
  std::string log(std::size_t index) const;

  // How often the daemon died with the request that it died with most often.
  int losses_most();
  // The lists and sets of the bus that still hold requests; empty once everything is settled.
  std::vector<std::string> leftovers();

 private:
  struct Daemon {
    std::optional<test::PrivateBus> bus;
    std::string old_log;
    bool is_killed = false;  // or told to end
    int lanes = 1;
  };

  std::string sqlite_file() const { return dir_ / "main.db"; }
  std::string database_section() const;
  std::string config(int lanes) const;
  template <typename Act>
  void with_server(Act act);

  test::TempDir dir_;
  test::PrivateRedis redis_;
  std::optional<test::PrivatePostgres> postgres_;
  std::optional<test::PrivateMariaDb> mariadb_;
  std::unique_ptr<Database> database_;
  std::array<Daemon, kDaemons> daemons_;
};

}  // namespace sqlbus::chaos
