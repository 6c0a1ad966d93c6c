// A real SQLite session on a database in memory.
#pragma once

#include <doctest/doctest.h>

#include "daemon/session/driver_library.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus::test {

inline const sqlbus_driver& sqlite_driver() {
  const auto driver = load_driver(SQLBUS_SQLITE_DRIVER);
  REQUIRE_MESSAGE(driver.ok(), driver.error().message);
  return *driver->table;
}

inline Session connect_in_memory(const sqlbus_driver& driver = sqlite_driver()) {
  auto connected = Session::connect(driver, {{"database", ":memory:"}});
  REQUIRE(std::holds_alternative<Session>(connected));
  return std::get<Session>(std::move(connected));
}

}  // namespace sqlbus::test
