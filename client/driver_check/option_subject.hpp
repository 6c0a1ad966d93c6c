// What the suite knows of a driver that is described on the command line.
#pragma once

#include <iosfwd>

#include "client/driver_check/call_note.hpp"
#include "client/driver_check/target.hpp"

namespace sqlbus::check {

// Makes that driver the one of the suite. Once in a process; the arguments live as long as that.
// Throws std::runtime_error where it cannot be loaded.
void set_subject(const Target& target, CallNote& note, std::ostream& out);

// Only there while the tables of the suite may be.
inline constexpr const char* kMarkTable = "sqlbus_driver_check";

}  // namespace sqlbus::check
