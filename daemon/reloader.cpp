#include "daemon/reloader.hpp"

#include <string_view>
#include <utility>

#include "daemon/bus_clock.hpp"
#include "daemon/config/parse_settings.hpp"
#include "daemon/process/notify.hpp"

namespace sqlbus {
namespace {

template <typename Visitor>
void for_each_line(std::string_view text, Visitor visit) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// As faults of a file are told, one to a line.
void add_fault(std::string& faults, const Settings& settings, const DatabaseSettings& database,
               const Error& error) {
  if (!faults.empty()) faults += '\n';
  faults += settings.file + ": [" + database.name + "] " + error.message;
}

std::string told(const SettingChange& change) {
  std::string line = change.fixed_because.empty() ? "changed: " : "takes a restart: ";
  line += change.setting + ": " + change.from + " -> " + change.to;
  if (!change.fixed_because.empty()) line.append(" (").append(change.fixed_because).append(")");
  return line + "\n";
}

}  // namespace

Result<std::vector<Driver>> load_drivers(const Settings& settings) {
  std::vector<Driver> drivers;
  std::string faults;
  for (const auto& database : settings.databases) {
    auto driver = load_driver(database.driver);
    if (driver) {
      drivers.push_back(*std::move(driver));
    } else {
      add_fault(faults, settings, database, driver.error());
    }
  }
  if (!faults.empty()) return Error{faults};
  return drivers;
}

void Reloader::reload() {
  if (bus_.is_ready()) (void)notify_reloading();
  std::string report;
  const auto begun = boot_time();
  const auto status = try_reload(report);
  if (!status) {
    for_each_line(status.error().message, [&](std::string_view fault) {
      log_.error("configuration refused, the old one stays", {{"fault", fault}});
      report.append("fault: ").append(fault).append("\n");
    });
  }
  bus_.note_reload(status.ok(), report, begun);
  if (bus_.is_ready()) (void)notify_ready();
}

Status Reloader::try_reload(std::string& report) {
  const auto wanted = read_settings();
  if (!wanted) return wanted.error();
  auto change = change_settings(bus_.settings(), *wanted);
  auto drivers = load_drivers_of(change);
  if (!drivers) return drivers.error();
  // The last that can fail, and takes effect at once.
  if (auto status = log_.use(change.settings.log); !status) return status;
  for (const auto& each : change.list) {
    log_change(each);
    report += told(each);
  }
  bus_.reload(std::move(change.settings), *drivers);
  log_.info("configuration reloaded", {{"changes", std::to_string(change.list.size())}});
  return Done{};
}

Result<Settings> Reloader::read_settings() const {
  auto settings = load_settings(bus_.settings().file);
  if (!settings) return settings;
  if (flags_.is_in_background && settings->log.path().empty()) {
    return Error{settings->file + ": [log] filename: needed in the background"};
  }
  if (flags_.debug) settings->log.level = LogSettings::Level::kDebug;
  return settings;
}

// Those that go get none.
Result<Reloader::Drivers> Reloader::load_drivers_of(const SettingsChange& change) {
  Drivers drivers;
  std::string faults;
  for (const auto place : change.databases) {
    const auto& database = change.settings.databases[place];
    auto& driver = drivers[place];
    if (database.is_removed) continue;
    auto loaded = load_driver(database.driver);
    if (loaded) {
      driver = *std::move(loaded);
    } else {
      add_fault(faults, change.settings, database, loaded.error());
    }
  }
  if (!faults.empty()) return Error{faults};
  return drivers;
}

void Reloader::log_change(const SettingChange& change) {
  if (!change.fixed_because.empty()) {
    return log_.warning("a change that takes a restart", {{"setting", change.setting},
                                                          {"in_force", change.from},
                                                          {"in_file", change.to},
                                                          {"reason", change.fixed_because}});
  }
  log_.info("setting changed",
            {{"setting", change.setting}, {"from", change.from}, {"to", change.to}});
}

void Reloader::reopen_log() {
  if (auto status = log_.use(bus_.settings().log); !status) {
    return log_.error("log file not opened again", {{"reason", status.error().message}});
  }
  log_.info("log file opened again");
}

}  // namespace sqlbus
