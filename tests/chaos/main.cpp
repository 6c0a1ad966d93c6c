// sqlbus-chaos: crash tests of a whole bus, on servers of its own.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <variant>

#include "tests/chaos/callers.hpp"
#include "tests/chaos/collect.hpp"
#include "tests/chaos/killer.hpp"
#include "tests/chaos/options.hpp"
#include "tests/chaos/oracle.hpp"
#include "tests/chaos/report.hpp"
#include "tests/chaos/schedule.hpp"
#include "tests/chaos/seeded_fault.hpp"
#include "tests/chaos/world.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/supervisor.hpp"

namespace sqlbus::chaos {

namespace {

constexpr std::chrono::minutes kDrainLimit{3};

// Whether everything that was pushed has been settled.
bool drain(World& world) {
  if (test::eventually([&] { return world.leftovers().empty(); }, kDrainLimit)) return true;
  std::cout << "NOT DRAINED: these keys are left:";
  for (const std::string& key : world.leftovers()) std::cout << " " << key;
  std::cout << "\n";
  return false;
}

// With a seeded fault the run is good where that was found, and nothing else.
bool is_as_wanted(const Options& options, const std::vector<Finding>& findings) {
  if (!options.seeded_fault) return findings.empty();
  return !findings.empty() &&
         std::all_of(findings.begin(), findings.end(),
                     [&](const Finding& finding) { return finding.fault == options.seeded_fault; });
}

bool run(const Options& options) {
  const auto begun = std::chrono::steady_clock::now();
  World world(options.store);
  Callers callers(options, world.redis().socket());
  Killer killer(world);
  killer.run(make_schedule(options));
  Evidence evidence{.pushed = callers.stop()};
  const bool is_drained = drain(world);
  const auto deaths = world.deaths();
  if (options.seeded_fault) seed_fault(*options.seeded_fault, world, evidence.pushed);
  evidence.rows = read_rows(world.database());
  evidence.letters = read_letters(world.redis());

  const auto findings = judge(evidence);
  const auto length = std::chrono::steady_clock::now() - begun;
  print_figures(evidence, killer, std::chrono::duration_cast<std::chrono::seconds>(length));
  print_findings(findings);
  for (const auto& death : killer.deaths()) std::cout << "DIED: " << death << "\n";
  for (const auto& death : deaths) std::cout << "DIED: " << death << "\n";
  const bool is_good =
      is_drained && deaths.empty() && killer.deaths().empty() && is_as_wanted(options, findings);
  if (!is_good) keep_logs(options, world);
  std::cout << (is_good ? "good" : "NOT GOOD") << ": seed " << options.seed << ", "
            << options.rounds << " rounds\n";
  return is_good;
}

// hiredis meets a Redis that was killed while it writes. Blocked and not ignored: the children get
// an empty mask, but would inherit what is ignored.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

int work(int argc, char** argv) {
  block_sigpipe();
  const auto parsed = parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  try {
    return run(std::get<Options>(parsed)) ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "sqlbus-chaos: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace

}  // namespace sqlbus::chaos

int main(int argc, char** argv) { return sqlbus::test::supervise(sqlbus::chaos::work, argc, argv); }
