#include "client/command/ledger_ddl.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "client/command/bus_address.hpp"
#include "daemon/session/driver_library.hpp"

namespace sqlbus {

ExitCode print_ledger_ddl(const CommandOptions& options) {
  std::vector<std::string> names;
  if (!options.driver.empty()) {
    names.push_back(options.driver);
  } else {
    const auto settings = load_bus_settings(options.config_file);
    if (!settings) {
      std::cerr << "sqlbus: " << settings.error().message << ", or --driver\n";
      return ExitCode::kUsage;
    }
    for (const auto& database : settings->databases) {
      const bool is_known = std::find(names.begin(), names.end(), database.driver) != names.end();
      if (!is_known) names.push_back(database.driver);
    }
  }
  for (const auto& name : names) {
    const auto driver = load_driver(name);
    if (!driver) {
      std::cerr << "sqlbus: " << driver.error().message << "\n";
      return ExitCode::kUsage;
    }
    const auto* ledger = driver->table->ledger;
    std::cout << "-- " << name << (ledger == nullptr ? ": keeps no ledger\n" : "\n");
    if (ledger != nullptr) std::cout << ledger->ddl << ";\n";
  }
  return ExitCode::kOk;
}

}  // namespace sqlbus
