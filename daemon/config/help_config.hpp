// The text of `sqlbusd --help-config`, and what the manual says of each key.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/config/settings_table.hpp"

namespace sqlbus {

struct SectionHelp {
  SectionKind kind;
  std::string_view header;
  std::string_view help;
};

// In the order in which they are told.
std::span<const SectionHelp> section_helps();

struct SettingHelp {
  std::string value;        // the default, or an example where that is empty
  bool is_example = false;  // of `value`
  std::string remarks;      // "duration, 1s to 10m, fixed at start"
};

SettingHelp help_of(const SettingRow& row);

// Every section and key with its default. Itself a configuration file in which all is commented
// out: prose by '#', keys and sections by ';'.
std::string help_config();

}  // namespace sqlbus
