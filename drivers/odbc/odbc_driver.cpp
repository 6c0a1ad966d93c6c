// The entry of the ODBC driver.
#include "drivers/driver_kit.hpp"
#include "drivers/odbc/odbc_session.hpp"

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  static const sqlbus_driver table = sqlbus::driver::make_table<sqlbus::odbc::OdbcSession>(
      {.name = "odbc",
       .version = "1",
       .capabilities =
           SQLBUS_CAN_TRANSACTIONS | SQLBUS_CAN_MERGE | SQLBUS_CAN_READ_ONLY | SQLBUS_CAN_CANCEL});
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
}
