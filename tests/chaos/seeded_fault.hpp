// Tampers with what a run has left behind, to prove that the oracle would have seen it.
#pragma once

#include <vector>

#include "tests/chaos/evidence.hpp"
#include "tests/chaos/oracle.hpp"
#include "tests/chaos/world.hpp"

namespace sqlbus::chaos {

// In the database, among the dead letters, or among the answers. Throws std::runtime_error where
// nothing fit to be tampered with was pushed.
void seed_fault(Fault fault, World& world, std::vector<Pushed>& pushed);

}  // namespace sqlbus::chaos
