// The command line of sqlbus-chaos.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "tests/chaos/oracle.hpp"

namespace sqlbus::chaos {

enum class Store : std::uint8_t { kSqlite, kPostgres, kMariaDb };  // the last by ODBC

struct Options {
  int rounds = 10;
  std::uint64_t seed = 1;
  Store store = Store::kSqlite;
  int callers = 50;
  bool is_plain = false;  // no request has a DEADLINE, none is pushed twice on purpose
  std::optional<Fault> seeded_fault = {};
  std::string logs = {};  // folder for the daemons' logs of a run that found something
};

// The options, or the exit code where the command line was wrong or asked for help.
std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace sqlbus::chaos
