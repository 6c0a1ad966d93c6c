// What tells daemons that share a queue whether they write to the same databases.
#pragma once

#include <string>

#include "daemon/config/settings.hpp"

namespace sqlbus {

// 32 hexadecimal digits over the default database's name and over name, driver, server, port and
// database of every database; in any order of the file. No secret goes into it.
std::string fingerprint_of(const Settings& settings);

}  // namespace sqlbus
