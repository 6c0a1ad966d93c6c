// A sqlbusd of one's own, as it was built beside the tests.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/private_redis.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

// What differs from one bus to the next; bus_config() makes the file of it.
struct BusConfig {
  std::string redis_socket = {};
  std::string redis_lines = {};  // further lines of [redis]: password = …
  std::string queue = "SqlBusDefaultQueue";
  std::string database = {};        // the lines of [main], the default database
  std::string limits = {};          // the lines of [limits]
  std::string other_sections = {};  // whole sections, with their names
};

std::string bus_config(const BusConfig& config);
// The lines of a database section for a SQLite file.
std::string sqlite_section(const std::filesystem::path& file);

class PrivateBus {
 public:
  // Starts sqlbusd with this file as its configuration; wait_ready() waits until it serves.
  // `environment` is NAME=value, as ChildProcess takes it.
  explicit PrivateBus(const std::string& config, std::vector<std::string> arguments = {},
                      std::vector<std::string> environment = {});
  explicit PrivateBus(const BusConfig& config) : PrivateBus(bus_config(config)) {}

  // True once it has logged "ready"; false where it ended or did not within the limit.
  [[nodiscard]] bool wait_ready(std::chrono::milliseconds limit = std::chrono::seconds{10});

  std::filesystem::path config_file() const { return dir_ / "sqlbus.ini"; }
  // Everything that it has logged since it was started last.
  std::string log() const;
  pid_t pid() const { return daemon_->pid(); }
  ChildProcess& process() { return *daemon_; }

  void kill9() { daemon_->kill9(); }
  // SIGTERM, and how it ended; nothing where it still runs at the limit.
  std::optional<ExitStatus> terminate(std::chrono::milliseconds limit = std::chrono::seconds{40});
  // Starts it again, with another file where one is given; the log begins anew.
  void restart();
  void restart(const std::string& config);

 private:
  void start();

  TempDir dir_;
  const std::vector<std::string> arguments_;
  const std::vector<std::string> environment_;
  std::optional<ChildProcess> daemon_;
};

}  // namespace sqlbus::test
