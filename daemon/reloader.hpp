// Reads the configuration again when the operator says so (SIGHUP): refused whole where anything in
// it cannot be had, taken over while the bus runs otherwise. Loop thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "daemon/bus.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/config/settings_change.hpp"
#include "daemon/log/log.hpp"
#include "daemon/session/driver_library.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// The drivers of all databases, in their order, or a line for each that cannot be had.
Result<std::vector<Driver>> load_drivers(const Settings& settings);

class Reloader {
 public:
  // What the flags said holds against the file.
  struct Flags {
    bool debug = false;
    bool is_in_background = false;  // and so without a standard output
  };

  Reloader(Bus& bus, Log& log, Flags flags) : bus_(bus), log_(log), flags_(flags) {}

  // Every change, what takes a restart, and the verdict are in the log.
  void reload();
  // Goes on in the file that the log's path now leads to.
  void reopen_log();

 private:
  using Drivers = std::map<std::size_t, Driver>;

  // `report`: what has changed, a line each.
  Status try_reload(std::string& report);
  Result<Settings> read_settings() const;
  static Result<Drivers> load_drivers_of(const SettingsChange& change);
  void log_change(const SettingChange& change);

  Bus& bus_;
  Log& log_;
  Flags flags_;
};

}  // namespace sqlbus
