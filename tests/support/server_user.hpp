// Whom a server runs as: it refuses root.
#pragma once

#include <optional>
#include <string>

#include "daemon/process/child_process.hpp"

namespace sqlbus::test {

// Debian's user of the server, where we are root; else ourselves.
std::optional<User> server_user(const std::string& name);

}  // namespace sqlbus::test
