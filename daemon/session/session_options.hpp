// What a driver is told of its database.
#pragma once

#include <string>

#include "daemon/config/settings.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {

// application_name is what the database shows; idle_in_transaction: how long a session of ours may
// hang in a transaction before the server ends it.
Session::Options session_options(const DatabaseSettings& database, milliseconds idle_in_transaction,
                                 std::string application_name);

}  // namespace sqlbus
