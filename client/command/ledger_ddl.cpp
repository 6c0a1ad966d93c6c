#include "client/command/ledger_ddl.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "client/command/bus_address.hpp"
#include "client/command/rehearsal.hpp"
#include "daemon/session/driver_library.hpp"
#include "daemon/session/session.hpp"

namespace sqlbus {
namespace {

// A heading, and the statements below it.
std::string text_of(const std::string& of, const char* ddl) {
  return "-- " + of + (ddl == nullptr ? ": keeps no ledger\n" : "\n" + std::string(ddl) + ";\n");
}

Result<std::string> ddl_of_driver(const std::string& name) {
  const auto driver = load_driver(name);
  if (!driver) return driver.error();
  const auto* ledger = driver->table->ledger;
  return text_of(name, ledger == nullptr ? nullptr : ledger->ddl);
}

// Where only the database itself knows which statements it takes, it is asked.
Result<std::string> ddl_of_database(const Settings& settings, const DatabaseSettings& database) {
  if (const auto* open = settings.find_open(database.name)) return Error{open->fault};
  const auto driver = load_driver(database.driver);
  if (!driver) return driver.error();
  const auto* ledger = driver->table->ledger;
  if (ledger == nullptr || ledger->ddl_of == nullptr) return ddl_of_driver(database.driver);
  auto session = open_session(settings, database);
  if (!session) return std::move(session).error();
  return text_of(database.driver + ": " + session->dbtype(), ledger->ddl_of(session->raw()));
}

Result<std::vector<std::string>> texts_for(const CommandOptions& options) {
  std::vector<std::string> texts;
  if (!options.driver.empty()) {
    auto text = ddl_of_driver(options.driver);
    if (!text) return std::move(text).error();
    texts.push_back(*std::move(text));
    return texts;
  }
  const auto settings = load_bus_settings(options.config_file);
  if (!settings) return Error{settings.error().message + ", or --driver"};
  for (const auto& database : settings->databases) {
    auto text = ddl_of_database(*settings, database);
    if (!text) return std::move(text).error();
    const bool is_known = std::find(texts.begin(), texts.end(), *text) != texts.end();
    if (!is_known) texts.push_back(*std::move(text));
  }
  return texts;
}

}  // namespace

ExitCode print_ledger_ddl(const CommandOptions& options) {
  const auto texts = texts_for(options);
  if (!texts) {
    std::cerr << "sqlbus: " << texts.error().message << "\n";
    return ExitCode::kUsage;
  }
  for (const auto& text : *texts) std::cout << text;
  return ExitCode::kOk;
}

}  // namespace sqlbus
