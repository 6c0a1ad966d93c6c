// Reads what a run has left behind.
#pragma once

#include <string>
#include <vector>

#include "tests/chaos/evidence.hpp"
#include "tests/chaos/world.hpp"

namespace sqlbus::chaos {

std::vector<Row> read_rows(Database& database);
std::vector<Letter> read_letters(test::PrivateRedis& redis);

}  // namespace sqlbus::chaos
