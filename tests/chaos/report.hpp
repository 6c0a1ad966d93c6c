// What a run tells at its end.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/chaos/evidence.hpp"
#include "tests/chaos/killer.hpp"
#include "tests/chaos/options.hpp"
#include "tests/chaos/oracle.hpp"

namespace sqlbus::chaos {

void print_figures(const Evidence& evidence, const Killer& killer, std::chrono::seconds length);
// Each finding, as far as a person reads on.
void print_findings(const std::vector<Finding>& findings);
// The logs of the daemons, into the folder that was asked for.
void keep_logs(const Options& options, const World& world);

}  // namespace sqlbus::chaos
