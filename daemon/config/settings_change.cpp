#include "daemon/config/settings_change.hpp"

#include <utility>

#include "daemon/config/ini_file.hpp"
#include "daemon/config/setting_value.hpp"
#include "daemon/config/settings_table.hpp"
#include "daemon/config/settings_text.hpp"

namespace sqlbus {
namespace {

// Only a remark: no lane has to know.
bool is_remark(const SettingRow& row) { return row.key == "descriptor"; }

class Comparison {
 public:
  Comparison(const Settings& running, const Settings& wanted)
      : running_(running), wanted_(wanted) {}

  SettingsChange compare() {
    change_.settings = wanted_;
    change_.settings.file = running_.file;
    for (const SettingRow& row : settings_table()) {
      if (row.section != SectionKind::kDatabase) compare_row(row);
    }
    keep_credentials();
    change_.settings.databases = running_.databases;
    for (std::size_t i = 0; i < running_.databases.size(); ++i) compare_database(i);
    for (const auto& database : wanted_.databases) {
      if (!was_there(database.name)) add(database);
    }
    return std::move(change_);
  }

 private:
  void compare_row(const SettingRow& row) {
    const Slot from = row.slot({running_, none_});
    const Slot to = row.slot({change_.settings, none_});
    if (have_same_value(from, to)) return;
    note(section_name(row.section, running_), row, from, to);
    if (!row.fixed_because.empty()) copy_value(from, to);
  }

  // Name and password are those of a server: of another one they are of no use before a restart.
  void keep_credentials() {
    bool is_other_server = false;
    for (const auto& each : change_.list) {
      is_other_server = is_other_server || each.fixed_because == kOtherServer;
    }
    if (!is_other_server) return;
    auto& redis = change_.settings.redis;
    redis.username = running_.redis.username;
    redis.password = running_.redis.password;
    redis.password_file = running_.redis.password_file;
    const std::string section = "[" + running_.memcache + "] ";
    for (auto& each : change_.list) {
      for (const auto* key : {"username", "password", "password_file"}) {
        if (each.setting == section + key) each.fixed_because = kOtherServer;
      }
    }
  }

  // Its name stays as it was written: its waiting list in Redis bears it.
  void compare_database(std::size_t place) {
    auto& database = change_.settings.databases[place];
    const auto* found = wanted_.find_database(database.name);
    if (found == nullptr) {
      if (!std::exchange(database.is_removed, true)) come_or_go(place, "configured", "removed");
      return;
    }
    auto old = std::exchange(database, *found);
    database.name = old.name;
    if (found->name != old.name) {
      change_.list.push_back({.setting = "[" + old.name + "]",
                              .from = old.name,
                              .to = found->name,
                              .fixed_because = "what waits for it in redis lies under this name"});
    }
    if (old.is_removed) return come_or_go(place, "removed", "configured");
    bool has_changed = false;
    for (const SettingRow& row : settings_table()) {
      if (row.section != SectionKind::kDatabase) continue;
      const Slot from = row.slot({running_, old});
      const Slot to = row.slot({running_, database});
      if (have_same_value(from, to)) continue;
      note(database.name, row, from, to);
      has_changed = has_changed || !is_remark(row);
    }
    if (has_changed) change_.databases.push_back(place);
  }

  bool was_there(std::string_view name) const {
    for (const auto& database : running_.databases) {
      if (same_name(database.name, name)) return true;
    }
    return false;
  }

  void add(const DatabaseSettings& database) {
    change_.settings.databases.push_back(database);
    come_or_go(change_.settings.databases.size() - 1, "", "configured");
  }

  void come_or_go(std::size_t place, std::string from, std::string to) {
    change_.databases.push_back(place);
    change_.list.push_back({.setting = "[" + change_.settings.databases[place].name + "]",
                            .from = std::move(from),
                            .to = std::move(to)});
  }

  void note(std::string_view section, const SettingRow& row, const Slot& from, const Slot& to) {
    const auto show = [&row](const Slot& slot) {
      return row.is_secret ? "(secret)" : show_value(row, slot);
    };
    change_.list.push_back({.setting = "[" + std::string(section) + "] " + std::string(row.key),
                            .from = show(from),
                            .to = show(to),
                            .fixed_because = row.fixed_because});
  }

  Settings running_;  // slots lead to what may be written
  Settings wanted_;
  DatabaseSettings none_;
  SettingsChange change_;
};

}  // namespace

SettingsChange change_settings(const Settings& running, const Settings& wanted) {
  return Comparison(running, wanted).compare();
}

}  // namespace sqlbus
