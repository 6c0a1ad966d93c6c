// Before the first check: is there a driver, a database, and is that one to throw away? And behind
// the last: nothing is left in it.
#pragma once

#include <iosfwd>

#include "client/driver_check/call_note.hpp"
#include "client/driver_check/target.hpp"

namespace sqlbus::check {

// Sends what it finds out, or why it cannot go on.
void prepare(const Target& target, CallNote& note, std::ostream& out);
void clean_up(const Target& target, CallNote& note, std::ostream& out);

}  // namespace sqlbus::check
