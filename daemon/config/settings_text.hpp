// Settings as text, a line for each: what a daemon tells of those in force, and how `sqlbus reload`
// says what would change. Secrets are not shown, and so not compared.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "daemon/config/settings.hpp"
#include "daemon/config/settings_table.hpp"

namespace sqlbus {

// The header of a section in the operator's file, but for that of a database.
std::string section_name(SectionKind section, const Settings& settings);

struct ShownSetting {
  std::string value;               // as in the file
  std::string_view fixed_because;  // not empty: a change takes a restart
};

// By "[orders] lanes".
std::map<std::string, ShownSetting> show_settings(const Settings& settings);

// "[orders] lanes\t4\n" …; values have no line ends.
std::string settings_text(const Settings& settings);
// By the same names.
std::map<std::string, std::string> parse_settings_text(std::string_view text);

}  // namespace sqlbus
