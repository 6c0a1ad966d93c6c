// The one table of what an operator can set. Parsing, `sqlbusd --help-config` and the test of
// sqlbus.ini.example all come from it: a new setting is a new member and a new row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/config/settings.hpp"

namespace sqlbus {

enum class SectionKind : std::uint8_t { kDefault, kRedis, kLimits, kLog, kHttp, kDatabase };

// How the text of a value is read.
enum class SettingType : std::uint8_t {
  kText,
  kNames,     // separated by commas
  kSwitch,    // on or off
  kCount,     // a whole number
  kSize,      // bytes, written with KiB, MiB or GiB
  kDuration,  // written with ms, s, m, h or d
  kTimeOfDay,
  kLevel,
  kFormat,
  kTarget,
};

// The member that a row sets.
using Slot = std::variant<std::string*, std::vector<std::string>*, bool*, int*, std::uint16_t*,
                          std::int64_t*, std::size_t*, milliseconds*, LogSettings::Level*,
                          LogSettings::Format*, DatabaseSettings::Target*>;

// Where the members are: those of a database's section in `database`, all others in `settings`.
struct SettingsPlace {
  Settings& settings;
  DatabaseSettings& database;
};

// Both ends belong to it. Numbers as they are, sizes in bytes, durations in milliseconds, of a
// text its bytes.
struct SettingRange {
  std::int64_t min = 0;
  std::int64_t max = 4096;
};

struct SettingRow {
  SectionKind section;
  std::string_view key;
  std::string_view alias = {};  // another spelling, from the old program's manual
  SettingType type;
  Slot (*slot)(SettingsPlace);
  SettingRange range = {};
  // The old program had it: a number without a unit is read as it did, in seconds or bytes, and
  // its 0 leaves the default.
  bool is_old = false;
  std::string_view fixed_because = {};  // why a change takes a restart; empty: it takes a reload
  bool is_secret = false;               // never in a log, an error or a status
  std::string_view example = {};
  std::string_view help;
};

// Why what names the Redis server is fixed.
inline constexpr std::string_view kOtherServer = "what is in flight belongs to this server";

std::span<const SettingRow> settings_table();

// By name or alias; nullptr where the section has no such key.
const SettingRow* find_setting(SectionKind section, std::string_view key);

}  // namespace sqlbus
