#include "daemon/config/settings.hpp"

#include <algorithm>

#include "daemon/config/ini_file.hpp"

namespace sqlbus {

std::string LogSettings::path() const {
  if (catalog.empty()) return filename;
  const std::string folder = catalog.back() == '/' ? catalog : catalog + '/';
  return folder + (filename.empty() ? "sqlbus.log" : filename);
}

std::string_view to_string(LogSettings::Level level) {
  switch (level) {
    case LogSettings::Level::kDebug:
      return "debug";
    case LogSettings::Level::kInfo:
      return "info";
    case LogSettings::Level::kWarning:
      return "warning";
    case LogSettings::Level::kError:
      break;
  }
  return "error";
}

std::string_view to_string(LogSettings::Format format) {
  return format == LogSettings::Format::kJson ? "json" : "text";
}

std::string_view to_string(DatabaseSettings::Target target) {
  return target == DatabaseSettings::Target::kPrimary ? "primary" : "any";
}

const DatabaseSettings* Settings::find_database(std::string_view name) const {
  const auto found = std::find_if(databases.begin(), databases.end(), [&](const auto& each) {
    return !each.is_removed && same_name(each.name, name);
  });
  return found == databases.end() ? nullptr : &*found;
}

const OpenValue* Settings::find_open(std::string_view section,
                                     std::initializer_list<std::string_view> keys) const {
  const auto found = std::find_if(open_values.begin(), open_values.end(), [&](const auto& each) {
    const bool is_meant =
        keys.size() == 0 || std::find(keys.begin(), keys.end(), each.key) != keys.end();
    return is_meant && same_name(each.section, section);
  });
  return found == open_values.end() ? nullptr : &*found;
}

}  // namespace sqlbus
