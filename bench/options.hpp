// The flags of sqlbus-bench.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sqlbus::bench {

struct Options {
  std::vector<std::string> only;       // parts of names; empty: all
  int rounds = 5;                      // of every quantity, limit and bus in turn
  std::optional<std::int64_t> rows;    // of a drain; nothing: what lasts about a second
  std::int64_t selects = 5000;         // blocking queries of a round
  std::int64_t backlog = 1'000'000;    // requests that wait, of the larger backlog
  std::int64_t prefilled = 1'000'000;  // rows in the ledgers before a drain
  std::chrono::seconds idle{60};       // how long the idle bus is watched
  bool wants_list = false;
  std::string results;  // file for the table in markdown; empty: none
  std::string csv;      // file for the plot; empty: none
  std::string commit = "unknown";
};

// The options, or the status to exit with where there is nothing to run.
std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace sqlbus::bench
