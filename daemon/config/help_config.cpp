#include "daemon/config/help_config.hpp"

#include <array>
#include <string_view>

#include "daemon/config/setting_value.hpp"
#include "daemon/config/settings_table.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kColumnsMax = 90;

constexpr std::string_view kPreface =
    R"(# The configuration of sqlbusd: every section and key, with its default.
#
# - Sections and keys match without regard to case and '_'. A key or section that is
#   not listed here, or given twice, is a fault.
# - Comments stand on lines of their own, behind # or ;. A value is taken whole, to the
#   end of its line without the blanks around it: quotes, # and ; belong to it.
# - An empty value leaves the default.
# - ${NAME} is replaced by the environment variable NAME; $${ stands for ${ itself.
# - Durations are written with ms, s, m, h or d, sizes with KiB, MiB or GiB: 1.5s, 64MiB.
#   Keys of the old program also take a bare number, in seconds or bytes; its 0 leaves the default.
# - `sqlbusd --check-config` tells all faults of a file at once.
)";

constexpr std::array<SectionHelp, 6> kSections{{
    {SectionKind::kDefault, "default", "The daemon as a whole."},
    {SectionKind::kRedis, "redis",
     "The Redis server. The section has another name where memcache in [default] says so."},
    {SectionKind::kLimits, "limits", "Bounds and times."},
    {SectionKind::kLog, "log", "What is written about the work."},
    {SectionKind::kHttp, "http", "What is told to those who watch, read-only."},
    {SectionKind::kDatabase, "orders",
     "A database. Every section with any other name is one, and requests name it in DATABASE."},
}};

// The text as comment lines, broken between words.
std::string comment(std::string_view text) {
  std::string out;
  std::string line = "#";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (line.size() + 1 + end > kColumnsMax) {
      out += line + '\n';
      line = "#";
    }
    line += ' ';
    line += text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out + line + '\n';
}

std::string describe(const SettingRow& row) {
  auto [value, is_example, remarks] = help_of(row);
  if (is_example) remarks += ", an example";
  std::string out = comment(row.help) + comment("(" + remarks + ")");
  return out + ";" + std::string(row.key) + " =" + (value.empty() ? "" : " " + value) + '\n';
}

}  // namespace

std::span<const SectionHelp> section_helps() { return kSections; }

SettingHelp help_of(const SettingRow& row) {
  Settings defaults;
  DatabaseSettings database_defaults;
  SettingHelp help{.value = show_value(row, row.slot({defaults, database_defaults})),
                   .remarks = describe_type(row)};
  if (row.is_old && row.type == SettingType::kDuration) {
    help.remarks += ", a bare number is seconds";
  }
  if (row.is_old && row.type == SettingType::kSize) help.remarks += ", a bare number is bytes";
  if (row.is_secret) help.remarks += ", secret";
  if (!row.fixed_because.empty()) help.remarks += ", fixed at start";
  help.is_example = help.value.empty() && !row.example.empty();
  if (help.is_example) help.value = row.example;
  return help;
}

std::string help_config() {
  std::string out(kPreface);
  for (const SectionHelp& section : kSections) {
    out += '\n' + comment(section.help) + ";[" + std::string(section.header) + "]\n";
    for (const SettingRow& row : settings_table()) {
      if (row.section == section.kind) out += '\n' + describe(row);
    }
  }
  return out;
}

}  // namespace sqlbus
