// The entry of the PostgreSQL driver.
#include <pqxx/version>

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/postgres_session.hpp"

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  using sqlbus::postgres::PostgresSession;
  static const sqlbus_driver table = sqlbus::driver::make_table<PostgresSession>(
      {.name = "postgres",
       .version = "libpqxx " PQXX_VERSION,
       .capabilities = SQLBUS_CAN_TRANSACTIONS | SQLBUS_CAN_PIPELINE | SQLBUS_CAN_MERGE |
                       SQLBUS_CAN_READ_ONLY | SQLBUS_CAN_STEP | SQLBUS_CAN_CANCEL});
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
}
