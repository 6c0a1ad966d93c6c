#include "tests/chaos/options.hpp"

#include <CLI/CLI.hpp>
#include <map>

namespace sqlbus::chaos {
namespace {

const std::map<std::string, Store> kStores{
    {"sqlite", Store::kSqlite}, {"postgres", Store::kPostgres}, {"mariadb", Store::kMariaDb}};
const std::map<std::string, Fault> kFaults{{"missing", Fault::kMissing},
                                           {"twice", Fault::kTwice},
                                           {"order", Fault::kOutOfOrder},
                                           {"unanswered", Fault::kUnanswered},
                                           {"dead", Fault::kWronglyDead}};

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  std::string store = "sqlite";
  std::string fault;
  CLI::App app{
      "Kills and stops the bus, Redis and the database under load, and compares what was pushed "
      "with what became of it.\nExit 0: nothing found; 1: something was, and is listed.",
      "sqlbus-chaos"};
  app.add_option("--rounds", options.rounds, "Rounds of harm")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", options.seed, "The same seed harms in the same way")
      ->capture_default_str();
  app.add_option("--store", store, "The database")
      ->capture_default_str()
      ->check(CLI::IsMember(kStores));
  app.add_option("--callers", options.callers, "Callers that push at the same time")
      ->capture_default_str()
      ->check(CLI::Range(1, 500));
  app.add_flag("--plain", options.is_plain, "Push nothing with a DEADLINE, and nothing twice");
  app.add_option("--seed-fault", fault,
                 "Tamper with the evidence after the run; exit 0 where exactly that is found")
      ->check(CLI::IsMember(kFaults));
  app.add_option("--logs", options.logs, "Folder for the logs of the daemons, where found");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  options.store = kStores.at(store);
  if (!fault.empty()) options.seeded_fault = kFaults.at(fault);
  return options;
}

}  // namespace sqlbus::chaos
