// From the text of a configuration file to settings, or to all of its faults at once.
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/settings.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

inline constexpr std::string_view kDefaultSettingsFile = "/etc/sqlbus.ini";

// file: the name that faults bear; a relative password_file starts from its folder. The error has
// one line per fault, "sqlbus.ini:12: [limits] lease: …", and never holds a secret.
Result<Settings> parse_settings(std::string_view text, const std::string& file);

// Reads the file and parses it. Settings::file becomes absolute, so that it outlives a chdir.
Result<Settings> load_settings(const std::string& file);

}  // namespace sqlbus
