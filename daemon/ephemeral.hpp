// What `sqlbusd --ephemeral` runs on: a Redis and an SQLite file of its own, in a folder that only
// its user can enter, and that goes when it goes. Main thread: the Redis ends with the thread that
// started it, however that ends.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/config/settings.hpp"
#include "daemon/process/child_process.hpp"
#include "daemon/process/temp_dir.hpp"
#include "daemon/process/unique_fd.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

class Ephemeral {
 public:
  // Starts the Redis and waits until it serves. From then on what is written to standard output
  // (the log, that is) goes to standard error: there stands the address, and nothing else.
  // SIGTERM and SIGINT wait until take_signals(), so that none leaves a folder behind.
  static Result<std::unique_ptr<Ephemeral>> start();
  static void take_signals();

  const Settings& settings() const { return settings_; }
  // {"url":"unix:///…","queue":…,"database":…,"config":…,"folder":…,"pid":…} on one line; then
  // standard output is closed, for those who read it to its end.
  void announce();
  // Redis and folder go now, for a process that ends without destructors.
  void end();

 private:
  explicit Ephemeral(UniqueFd announcement) : announcement_(std::move(announcement)) {}

  Status start_redis();
  Status write_settings();
  std::string path(std::string_view name) const { return *folder_ / name; }

  UniqueFd announcement_;
  std::optional<TempDir> folder_{std::in_place};
  std::optional<ChildProcess> redis_;  // before its folder goes
  Settings settings_;
};

}  // namespace sqlbus
