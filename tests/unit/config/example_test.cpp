// The help and the example file, against the table of settings.
#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

#include "daemon/config/help_config.hpp"
#include "daemon/config/ini_file.hpp"
#include "daemon/config/parse_settings.hpp"
#include "daemon/config/setting_value.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

std::string example() { return test::read_text_file(SQLBUS_SOURCE_DIR "/sqlbus.ini.example"); }

// What an operator gets by removing the ';' in front of keys and sections, but for lines that hold
// one of `left`.
std::string uncommented(const std::string& text, const std::vector<std::string>& left) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    bool is_left = false;
    for (const std::string& each : left) is_left |= line.find(each) != std::string::npos;
    out += line.starts_with(';') && !is_left ? line.substr(1) : line;
    out += '\n';
  }
  return out;
}

IniFile read_help(const std::string& text) {
  Faults faults("text");
  IniFile file = read_ini(text, faults);
  CHECK_MESSAGE(faults.empty(), faults.to_error().message);
  return file;
}

std::string_view section_name(SectionKind kind) {
  switch (kind) {
    case SectionKind::kDefault:
      return "default";
    case SectionKind::kRedis:
      return "redis";
    case SectionKind::kLimits:
      return "limits";
    case SectionKind::kLog:
      return "log";
    case SectionKind::kHttp:
      return "http";
    case SectionKind::kDatabase:
      break;
  }
  return "";
}

bool has_key(const IniFile& file, const SettingRow& row) {
  if (row.section != SectionKind::kDatabase) {
    const IniSection* section = file.find(section_name(row.section));
    return section != nullptr && section->find(row.key) != nullptr;
  }
  for (const IniSection& section : file.sections) {
    if (section.find("driver") != nullptr && section.find(row.key) != nullptr) return true;
  }
  return false;
}

TEST_CASE("the example parses as it is") {
  const Result<Settings> settings = parse_settings(example(), "sqlbus.ini.example");
  REQUIRE_MESSAGE(settings.ok(), settings.error().message);
  CHECK(settings->default_database == "orders");
  CHECK(settings->databases.size() == 2);
}

TEST_CASE("the example names every key of the table, with a value that is accepted") {
  const std::string text = uncommented(example(), {});
  const IniFile file = read_help(text);
  for (const SettingRow& row : settings_table()) {
    CAPTURE(row.key);
    CHECK(has_key(file, row));
  }
  setenv("SQLBUS_REDIS_PASSWORD", "x", 1);
  setenv("BILLING_PASSWORD", "x", 1);
  const Result<Settings> settings =
      parse_settings(uncommented(example(), {"password_file"}), "sqlbus.ini.example");
  CHECK_MESSAGE(settings.ok(), settings.error().message);
}

TEST_CASE("the help is a configuration file in which all is commented out") {
  CHECK(read_help(help_config()).sections.empty());
}

TEST_CASE("the help with its comments removed says the defaults") {
  setenv("SQLBUS_REDIS_PASSWORD", "x", 1);
  setenv("ORDERS_PASSWORD", "x", 1);
  const std::string text = uncommented(help_config(), {"password_file"});
  const IniFile file = read_help(uncommented(help_config(), {}));
  const Result<Settings> parsed = parse_settings(text, "help");
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  Settings settings = *parsed;
  Settings defaults;
  DatabaseSettings database_defaults;
  for (const SettingRow& row : settings_table()) {
    CAPTURE(row.key);
    CHECK(has_key(file, row));
    if (!row.example.empty() || row.slot == nullptr) continue;
    if (row.section == SectionKind::kDefault && row.key == "database") continue;  // the only one
    CHECK(show_value(row, row.slot({settings, settings.databases.at(0)})) ==
          show_value(row, row.slot({defaults, database_defaults})));
  }
}

TEST_CASE("no line of the help is wider than a screen") {
  std::istringstream lines(help_config());
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 100);
  }
}

}  // namespace
}  // namespace sqlbus
