// The connection string that a database's options make.
#pragma once

#include <string>
#include <string_view>

#include "drivers/driver_kit.hpp"

namespace sqlbus::odbc {

// Of connection_string, or of odbc_driver with server, port, username, password and database.
// Throws 08001 where neither is set.
std::string connection_string_of(const driver::Options& options);

// With more keywords; what the string has itself goes first, and so wins.
std::string with_keywords(std::string string, std::string_view keywords);

}  // namespace sqlbus::odbc
