// Finds and loads database drivers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/sqlbus_driver.h"
#include "protocol/result.hpp"

namespace sqlbus {

// A loaded driver. It stays loaded until the process ends: sessions of it may run on any lane, and
// database libraries leave threads' data and exit handlers behind that point into them.
struct Driver {
  const sqlbus_driver* table = nullptr;
  std::string path;
};

// Where drivers are looked up by name: beside the running executable, then where they are
// installed.
std::vector<std::string> driver_folders();

// Loads "sqlite" from the first folder that has it, or a path with '/'. The error is one line that
// names the driver.
Result<Driver> load_driver(std::string_view driver, std::span<const std::string> folders);
inline Result<Driver> load_driver(std::string_view driver) {
  return load_driver(driver, driver_folders());
}

}  // namespace sqlbus
