// From the text of a configuration file to settings, or to all of its faults at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/config/settings.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

inline constexpr std::string_view kDefaultSettingsFile = "/etc/sqlbus.ini";

// Where a file is read: by the daemon that it is for, or by somebody else, who may have neither its
// environment nor its rights. There a value that names what is not to be had is left open, and is
// no fault as long as nobody needs it (Settings::open_values).
enum class Reading : std::uint8_t { kInPlace, kElsewhere };

// file: the name that faults bear; a relative password_file starts from its folder. The error has
// one line per fault, "sqlbus.ini:12: [limits] lease: …", and never holds a secret.
Result<Settings> parse_settings(std::string_view text, const std::string& file,
                                Reading reading = Reading::kInPlace);

// Reads the file and parses it. Settings::file becomes absolute, so that it outlives a chdir.
Result<Settings> load_settings(const std::string& file, Reading reading = Reading::kInPlace);

}  // namespace sqlbus
