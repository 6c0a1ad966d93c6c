// What the server or libpq says went wrong, as the driver's error.
#pragma once

#include <string>
#include <string_view>

#include "drivers/driver_kit.hpp"

struct pg_conn;
struct pg_result;

namespace sqlbus::postgres {

// Of a result that is an error, or null. Class SQLBUS_CONNECTION wherever the link is gone.
driver::DriverError fault_of(const pg_conn* connection, const pg_result* result);
// The same for a fault that is known by other means.
driver::DriverError fault_of(const pg_conn* connection, std::string_view sqlstate,
                             const std::string& message);

// A message without line ends and the "ERROR:  " that libpq puts before it.
std::string one_line(std::string_view message);

}  // namespace sqlbus::postgres
