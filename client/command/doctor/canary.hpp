// A query that goes the whole way, and comes back.
#pragma once

#include <optional>
#include <string>

#include "client/command/bus_address.hpp"
#include "client/command/doctor/findings.hpp"

namespace sqlbus::doctor {

// `database`: nothing for the bus's default one. It changes nothing, and has a DEADLINE: one that
// nobody takes in time is dropped by the bus, and leaves no dead letter.
void send_canary(const BusAddress& address, const std::string& queue,
                 const std::optional<std::string>& database, Findings& findings);

}  // namespace sqlbus::doctor
