// The entry of the SQLite driver.
#include <sqlite3.h>

#include "drivers/driver_kit.hpp"
#include "drivers/sqlite/sqlite_session.hpp"

namespace {

sqlbus_driver make_driver() {
  // SQLite counts its memory under a mutex, for limits and statistics that nobody asks for: a tenth
  // of an INSERT. It refuses, and goes on counting, where the process has used it before.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  return sqlbus::driver::make_table<sqlbus::sqlite::SqliteSession>(
      {.name = "sqlite",
       .version = sqlite3_libversion(),
       .capabilities = SQLBUS_CAN_TRANSACTIONS | SQLBUS_CAN_READ_ONLY | SQLBUS_CAN_CANCEL});
}

}  // namespace

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  static const sqlbus_driver table = make_driver();
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
}
