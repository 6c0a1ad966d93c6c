// sqlbus-bench: the bus beside the limits of its parts, alternately in one run, on durable
// databases of its own.

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "bench/case.hpp"
#include "bench/machine.hpp"
#include "bench/options.hpp"
#include "bench/report.hpp"
#include "bench/world.hpp"
#include "tests/support/supervisor.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::bench {

namespace {

bool is_chosen(const Case& candidate, const std::vector<std::string>& only) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& part) {
           return candidate.name.find(part) != std::string::npos;
         });
}

std::vector<Case> chosen_cases(const std::vector<std::string>& only) {
  std::vector<Case> chosen;
  for (const auto list :
       {caller_cases, postgres_drain_cases, sqlite_drain_cases, mariadb_drain_cases, select_cases,
        backlog_cases, usage_cases, idle_cases}) {
    std::vector<Case> cases = list();
    std::copy_if(std::make_move_iterator(cases.begin()), std::make_move_iterator(cases.end()),
                 std::back_inserter(chosen),
                 [&](const Case& candidate) { return is_chosen(candidate, only); });
  }
  return chosen;
}

void list(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    std::cout << one.name << std::string(28 - std::min<std::size_t>(one.name.size(), 27), ' ')
              << one.about << "\n";
  }
}

void run(const Options& options, const std::vector<Case>& cases) {
  World world(options.prefilled);
  std::vector<Quantity> quantities;
  std::cout << report_head() << std::flush;
  for (const Case& one : cases) {
    for (Quantity& quantity : one.measure(world, options)) {
      std::cout << report_line(quantity) << std::flush;
      quantities.push_back(std::move(quantity));
    }
  }
  if (!options.results.empty()) {
    const std::string table = markdown_of(quantities, this_machine(options));
    test::write_text_file(options.results,
                          with_results(test::read_text_file(options.results), table));
  }
  if (!options.csv.empty()) test::write_text_file(options.csv, csv_of(quantities));
}

int work(int argc, char** argv) {
  const auto parsed = parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const auto& options = std::get<Options>(parsed);
  try {
    const std::vector<Case> cases = chosen_cases(options.only);
    if (cases.empty()) {
      std::cerr << "sqlbus-bench: nothing has such a name; --list names what can be measured\n";
      return EXIT_FAILURE;
    }
    if (options.wants_list) {
      list(cases);
    } else {
      run(options, cases);
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "sqlbus-bench: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace

}  // namespace sqlbus::bench

int main(int argc, char** argv) { return sqlbus::test::supervise(sqlbus::bench::work, argc, argv); }
