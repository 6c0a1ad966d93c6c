// How a database writes placeholders.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client/command/bus_address.hpp"
#include "client/command/options.hpp"
#include "client/redis_session.hpp"

namespace sqlbus {

LoadOptions::Placeholder placeholder_of(std::string_view driver);

// The driver of a database, by default of the default one, as the daemon that owns the queue tells
// it, else as the bus's file does; empty where nobody knows.
std::string driver_of(RedisSession& redis, const CommandOptions& options, const std::string& queue);

}  // namespace sqlbus
