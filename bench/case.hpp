// What can be measured, by name.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/options.hpp"
#include "bench/quantity.hpp"
#include "bench/world.hpp"

namespace sqlbus::bench {

// Every failure, and every result of the bus that is not the expected one, throws
// std::runtime_error: no number is told of work that was not done.
struct Case {
  std::string name;
  std::string about;
  std::function<std::vector<Quantity>(World&, const Options&)> measure;
};

// One list per file in bench/cases.
std::vector<Case> postgres_drain_cases();
std::vector<Case> sqlite_drain_cases();
std::vector<Case> mariadb_drain_cases();
std::vector<Case> select_cases();
std::vector<Case> caller_cases();
std::vector<Case> backlog_cases();
std::vector<Case> idle_cases();
std::vector<Case> usage_cases();

}  // namespace sqlbus::bench
