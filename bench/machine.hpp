// Where something was measured.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bench/options.hpp"

namespace sqlbus::bench {

struct Machine {
  std::vector<std::pair<std::string, std::string>> facts;
};

// CPU, memory, system, versions of the servers' programs, and what was measured when and how.
Machine this_machine(const Options& options);

}  // namespace sqlbus::bench
