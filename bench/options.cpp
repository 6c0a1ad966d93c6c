#include "bench/options.hpp"

#include <CLI/CLI.hpp>

namespace sqlbus::bench {

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  std::int64_t idle_s = options.idle.count();
  CLI::App app{
      "Measures the bus beside the limits of its parts, alternately in one run, on a Redis and "
      "databases of its own: median (min to max) of the rounds.",
      "sqlbus-bench"};
  app.add_option("--only", options.only, "Only what has this in its name; may be repeated");
  app.add_option("--rounds", options.rounds, "Rounds of each quantity")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--rows", options.rows, "Requests of a drain. Default: what lasts about a second")
      ->check(CLI::Range(1000, 100'000'000));
  app.add_option("--selects", options.selects, "Blocking queries of a round")
      ->capture_default_str()
      ->check(CLI::Range(100, 10'000'000));
  app.add_option("--backlog", options.backlog, "Requests of the larger backlog")
      ->capture_default_str()
      ->check(CLI::Range(10'000, 100'000'000));
  app.add_option("--prefilled", options.prefilled, "Rows in the ledgers before a drain")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000'000));
  app.add_option("--idle", idle_s, "Seconds for which the idle bus is watched")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
  app.add_flag("--list", options.wants_list, "Name what can be measured");
  app.add_option("--results", options.results,
                 "Write the table into this file, in markdown, in place of its former one");
  app.add_option("--csv", options.csv, "Write the numbers to this file, for bench/plot");
  app.add_option("--commit", options.commit, "What is measured, for the table")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  options.idle = std::chrono::seconds{idle_s};
  return options;
}

}  // namespace sqlbus::bench
