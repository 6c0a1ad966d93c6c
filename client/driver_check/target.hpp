// The driver under check, and the database that it is checked on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/abi_session.hpp"
#include "tests/conformance/dialect.hpp"

namespace sqlbus::check {

struct Target {
  std::string path;
  test::Options options;                                 // as the driver is given them
  test::Options unreachable;                             // said by --unreachable
  std::vector<std::pair<std::string, std::string>> sql;  // said by --sql
  // What the preparation finds out.
  std::string driver;  // its name and version
  std::string dbtype;
  bool has_question_marks = false;
};

// The SQL of that database, with what --sql says instead.
test::Dialect dialect_of(const Target& target);

}  // namespace sqlbus::check
