#include "daemon/config/settings_text.hpp"

#include <algorithm>

#include "daemon/config/setting_value.hpp"
#include "daemon/config/settings_table.hpp"

namespace sqlbus {
std::string section_name(SectionKind section, const Settings& settings) {
  switch (section) {
    case SectionKind::kDefault:
      return "default";
    case SectionKind::kRedis:
      return settings.memcache;
    case SectionKind::kLimits:
      return "limits";
    case SectionKind::kLog:
      return "log";
    case SectionKind::kHttp:
    case SectionKind::kDatabase:
      break;
  }
  return "http";
}

std::map<std::string, ShownSetting> show_settings(const Settings& settings) {
  std::map<std::string, ShownSetting> shown;
  Settings copy = settings;  // slots lead to what may be written
  const auto show = [&](const std::string& section, const SettingRow& row, DatabaseSettings& of) {
    if (row.is_secret) return;
    shown["[" + section + "] " + std::string(row.key)] = {
        .value = show_value(row, row.slot({copy, of})), .fixed_because = row.fixed_because};
  };
  DatabaseSettings none;
  for (const auto& row : settings_table()) {
    if (row.section != SectionKind::kDatabase) {
      show(section_name(row.section, settings), row, none);
      continue;
    }
    for (auto& database : copy.databases) {
      if (!database.is_removed) show(database.name, row, database);
    }
  }
  return shown;
}

std::string settings_text(const Settings& settings) {
  std::string text;
  for (const auto& [name, setting] : show_settings(settings)) {
    text.append(name).append("\t").append(setting.value).append("\n");
  }
  return text;
}

std::map<std::string, std::string> parse_settings_text(std::string_view text) {
  std::map<std::string, std::string> settings;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    const auto tab = line.find('\t');
    if (tab != line.npos) settings[std::string(line.substr(0, tab))] = line.substr(tab + 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return settings;
}

}  // namespace sqlbus
