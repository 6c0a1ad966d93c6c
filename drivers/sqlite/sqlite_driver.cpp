// The entry of the SQLite driver.
#include <sqlite3.h>

#include "drivers/driver_kit.hpp"
#include "drivers/sqlite/sqlite_session.hpp"

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  using sqlbus::sqlite::SqliteSession;
  static const sqlbus_driver table = sqlbus::driver::make_table<SqliteSession>(
      {.name = "sqlite",
       .version = sqlite3_libversion(),
       .capabilities = SQLBUS_CAN_TRANSACTIONS | SQLBUS_CAN_READ_ONLY | SQLBUS_CAN_CANCEL});
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
}
