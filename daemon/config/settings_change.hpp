// What a reload makes of the settings in force: the wanted ones, but for what takes a restart, and
// what has changed by that.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/settings.hpp"

namespace sqlbus {

struct SettingChange {
  std::string setting;  // "[orders] lanes", or "[orders]" of a database that comes or goes
  std::string from;     // as in the file; secrets are not shown
  std::string to;
  std::string_view fixed_because = {};  // not empty: it takes a restart, and stays as it was
};

struct SettingsChange {
  Settings settings;  // databases in the places they have, new ones behind
  std::vector<SettingChange> list;
  // Places of those that are new, gone, or to be reached in another way.
  std::vector<std::size_t> databases;
};

SettingsChange change_settings(const Settings& running, const Settings& wanted);

}  // namespace sqlbus
