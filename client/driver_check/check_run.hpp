// The cases of the suite, one by one.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include "client/driver_check/call_note.hpp"

namespace sqlbus::check {

struct Check {
  int number = 0;  // its place in the suite, from 1
  std::string name;
  std::string rule;  // the part of sqlbus_driver.h that it is about
};

std::vector<Check> all_checks();

// Runs it in this process and sends what it finds. The note is the driver's.
void run_check(const Check& check, const CallNote& note, std::ostream& out);

}  // namespace sqlbus::check
