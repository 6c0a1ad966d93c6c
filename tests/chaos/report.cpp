#include "tests/chaos/report.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "tests/support/text_file.hpp"

namespace sqlbus::chaos {
namespace {

constexpr std::size_t kShownMax = 20;  // of each fault

struct Sums {
  std::size_t sync = 0;
  std::size_t unclear = 0;
  std::size_t copies = 0;
};

Sums sums_of(const Evidence& evidence) {
  Sums sums;
  for (const Pushed& pushed : evidence.pushed) {
    sums.sync += is_sync(pushed.kind) ? 1 : 0;
    sums.unclear += static_cast<std::size_t>(pushed.copies - pushed.wanted_copies);
    sums.copies += static_cast<std::size_t>(pushed.wanted_copies - 1);
  }
  return sums;
}

// Copies of requests with an effect that left no second one.
std::size_t suppressed(const Evidence& evidence) {
  std::map<Row, int> rows;
  for (const Row& row : evidence.rows) ++rows[row];
  std::size_t count = 0;
  for (const Pushed& pushed : evidence.pushed) {
    const auto found = rows.find({pushed.caller, pushed.number});
    const bool is_once = found != rows.end() && found->second == 1;
    if (pushed.effects > 0 && is_once) count += static_cast<std::size_t>(pushed.wanted_copies - 1);
  }
  return count;
}

}  // namespace

void print_figures(const Evidence& evidence, const Killer& killer, std::chrono::seconds length) {
  const Sums sums = sums_of(evidence);
  std::cout << "requests               " << evidence.pushed.size() << " (" << sums.sync
            << " blocking, " << sums.copies << " pushed twice, " << sums.unclear
            << " unclear pushes tried again)\n"
            << "effects                " << evidence.rows.size() << "\n"
            << "dead letters           " << evidence.letters.size() << "\n"
            << "duplicates suppressed  " << suppressed(evidence) << " of the pushed copies\n"
            << "daemons killed         " << killer.daemon_kills() << "\n";
  for (const auto& [blow, count] : killer.counts()) {
    std::cout << to_string(blow.first) << " " << to_string(blow.second) << ": " << count << "\n";
  }
  std::cout << "seconds                " << length.count() << "\n";
}

void print_findings(const std::vector<Finding>& findings) {
  std::map<Fault, std::size_t> counts;
  for (const Finding& finding : findings) {
    if (++counts[finding.fault] > kShownMax) continue;
    std::cout << to_string(finding.fault) << ": " << finding.text << "\n";
  }
  for (const auto& [fault, count] : counts) {
    std::cout << to_string(fault) << ": " << count << " in all\n";
  }
}

void keep_logs(const Options& options, const World& world) {
  if (options.logs.empty()) return;
  std::filesystem::create_directories(options.logs);
  for (std::size_t i = 0; i < kDaemons; ++i) {
    const auto file =
        std::filesystem::path(options.logs) / ("sqlbusd-" + std::to_string(i) + ".log");
    test::write_text_file(file, world.log(i));
  }
}

}  // namespace sqlbus::chaos
