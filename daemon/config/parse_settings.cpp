#include "daemon/config/parse_settings.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "daemon/config/environment.hpp"
#include "daemon/config/escape.hpp"
#include "daemon/config/faults.hpp"
#include "daemon/config/ini_file.hpp"
#include "daemon/config/listen_address.hpp"
#include "daemon/config/setting_value.hpp"
#include "daemon/config/settings_table.hpp"
#include "daemon/config/text_file.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kSettingsBytesMax = 1 << 20;
constexpr std::size_t kPasswordBytesMax = 4096;

// The sections whose names no database may have.
std::optional<SectionKind> fixed_section(std::string_view name) {
  if (same_name(name, "default")) return SectionKind::kDefault;
  if (same_name(name, "limits")) return SectionKind::kLimits;
  if (same_name(name, "log")) return SectionKind::kLog;
  if (same_name(name, "http")) return SectionKind::kHttp;
  return std::nullopt;
}

// The old program reached Oracle by a shared object of its own, libora.so where it was not renamed.
bool is_old_oracle_driver(std::string_view driver) {
  std::string name(driver.substr(driver.rfind('/') + 1));  // npos + 1: the whole
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name.starts_with("libora.") || name.starts_with("liboci") ||
         name.find("oracle") != std::string::npos;
}

class SettingsReader {
 public:
  SettingsReader(std::string_view text, const std::string& file, Reading reading)
      : reading_(reading), faults_(file) {
    settings_.file = file;
    ini_ = read_ini(text, faults_);
  }

  Result<Settings> read() {
    read_default();
    for (const IniSection& section : ini_.sections) read_section(section);
    check_default();
    check_retries();
    if (!faults_.empty()) return faults_.to_error();
    return std::move(settings_);
  }

 private:
  // First, because it says which section is the Redis server's.
  void read_default() {
    const IniSection* section = ini_.find("default");
    if (section == nullptr) return;
    DatabaseSettings none;
    read_entries(*section, SectionKind::kDefault, {settings_, none});
    const std::string& memcache = settings_.memcache;
    const std::size_t line = section->line_of("memcache");
    if (fixed_section(memcache)) {
      fault(line, *section, "memcache", quote(memcache) + " is not a name for a Redis section");
    } else if (section->find("memcache") != nullptr && ini_.find(memcache) == nullptr) {
      fault(line, *section, "memcache", "there is no section " + quote(memcache));
    }
  }

  void read_section(const IniSection& section) {
    DatabaseSettings database;
    if (const auto kind = fixed_section(section.name)) {
      if (kind != SectionKind::kDefault) read_entries(section, *kind, {settings_, database});
      if (kind == SectionKind::kHttp) check_listen(section);
    } else if (same_name(section.name, settings_.memcache)) {
      read_entries(section, SectionKind::kRedis, {settings_, database});
      read_password_file(section, settings_.redis.password_file, settings_.redis.password);
    } else if (same_name(section.name, "redis")) {
      faults_.add(section.line, "[" + section.name + "] is not used: memcache in [default] names " +
                                    quote(settings_.memcache));
    } else {
      database.name = section.name;
      read_entries(section, SectionKind::kDatabase, {settings_, database});
      read_password_file(section, database.password_file, database.password);
      check_driver(section, database);
      const bool has_several_hosts = database.server.find(',') != std::string::npos;
      if (has_several_hosts && section.find("target") == nullptr) {
        database.target = DatabaseSettings::Target::kPrimary;
      }
      settings_.databases.push_back(std::move(database));
    }
  }

  void read_entries(const IniSection& section, SectionKind kind, SettingsPlace place) {
    std::map<const SettingRow*, std::size_t> lines;
    for (const IniEntry& entry : section.entries) {
      const SettingRow* row = find_setting(kind, entry.key);
      if (row == nullptr) {
        faults_.add(entry.line, "[" + section.name + "] has no key " + quote(entry.key) +
                                    " (sqlbusd --help-config lists them)");
        continue;
      }
      const auto [first, is_new] = lines.try_emplace(row, entry.line);
      if (!is_new) {
        fault(entry.line, section, entry.key,
              "is already there in line " + std::to_string(first->second));
      }
      read_entry(section, entry, *row, place);
    }
  }

  // An empty value leaves the default.
  void read_entry(const IniSection& section, const IniEntry& entry, const SettingRow& row,
                  SettingsPlace place) {
    const std::string subject = row.is_secret ? "the value" : quote(entry.value);
    bool is_unset = false;
    Result<std::string> value = expand_environment(entry.value, &is_unset);
    if (!value) {
      const auto message = subject + " " + value.error().message;
      return is_unset ? not_here(entry.line, section, row.key, message)
                      : fault(entry.line, section, row.key, message);
    }
    if (value->empty()) return;
    const Status status = set_value(row, row.slot(place), *value);
    if (!status) fault(entry.line, section, row.key, subject + " " + status.error().message);
  }

  void read_password_file(const IniSection& section, const std::string& name,
                          std::string& password) {
    if (name.empty()) return;
    const std::size_t line = section.line_of("password_file");
    if (!password.empty()) {
      return fault(line, section, "password_file", "password is given as well");
    }
    const auto path = std::filesystem::path(settings_.file).parent_path() / name;
    Result<std::string> text = read_text_file(path.string(), kPasswordBytesMax);
    if (!text) {
      return not_here(line, section, "password_file",
                      "cannot read " + quote(name) + ": " + text.error().message);
    }
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    if (text->empty() || text->find_first_of(std::string_view("\0\n", 2)) != std::string::npos) {
      return fault(line, section, "password_file", quote(name) + " does not hold one line of text");
    }
    password = *std::move(text);
  }

  void check_listen(const IniSection& section) {
    const auto& listen = settings_.http.listen;
    if (listen.empty()) return;
    const auto address = parse_listen_address(listen);
    if (address) return;
    fault(section.line_of("listen"), section, "listen",
          quote(listen) + " " + address.error().message);
  }

  void check_driver(const IniSection& section, const DatabaseSettings& database) {
    if (settings_.find_open(section.name) != nullptr) return;
    if (section.find("driver") == nullptr || section.find("driver")->value.empty()) {
      faults_.add(section.line, "[" + section.name + "] has no driver; it is taken for a database");
    } else if (is_old_oracle_driver(database.driver)) {
      fault(section.line_of("driver"), section, "driver",
            quote(database.driver) +
                " is the old program's driver for Oracle; write driver = odbc, and "
                "connection_string = DSN= with the name of Oracle's ODBC data source");
    } else if (database.driver == "sqlite" && database.database.empty()) {
      fault(section.line_of("driver"), section, "driver",
            "sqlite needs database = the path of its file");
    } else if (database.driver == "odbc" && database.connection_string.empty() &&
               database.odbc_driver.empty()) {
      fault(section.line_of("driver"), section, "driver",
            "odbc needs connection_string, or odbc_driver");
    }
  }

  void check_default() {
    const IniSection* section = ini_.find("default");
    const std::size_t line = section == nullptr ? 0 : section->line_of("database");
    if (settings_.find_open("default", {"database"}) != nullptr) return;
    if (settings_.default_database.empty()) {
      if (settings_.databases.size() == 1) {
        settings_.default_database = settings_.databases.front().name;
      } else if (settings_.databases.empty()) {
        faults_.add(0,
                    "there is no database: a section with any other name than default, redis, "
                    "limits, log and http is one");
      } else {
        faults_.add(line, "[default] database: name one of the database sections, there are " +
                              std::to_string(settings_.databases.size()));
      }
      return;
    }
    const DatabaseSettings* found = settings_.find_database(settings_.default_database);
    if (found == nullptr) {
      return faults_.add(line, "[default] database: there is no database section " +
                                   quote(settings_.default_database));
    }
    settings_.default_database = found->name;
  }

  void check_retries() {
    const IniSection* section = ini_.find("limits");
    if (section == nullptr || settings_.limits.retry_base <= settings_.limits.retry_cap) return;
    fault(section->line_of("retry_base"), *section, "retry_base", "is more than retry_cap");
  }

  void fault(std::size_t line, const IniSection& section, std::string_view key,
             const std::string& message) {
    faults_.add(line, "[" + section.name + "] " + std::string(key) + ": " + message);
  }

  // A fault for the daemon; who reads its file elsewhere goes on without.
  void not_here(std::size_t line, const IniSection& section, std::string_view key,
                const std::string& message) {
    if (reading_ == Reading::kInPlace) return fault(line, section, key, message);
    Faults one(settings_.file);
    one.add(line, "[" + section.name + "] " + std::string(key) + ": " + message);
    settings_.open_values.push_back({section.name, std::string(key), one.to_error().message});
  }

  const Reading reading_;
  Faults faults_;
  IniFile ini_;
  Settings settings_;
};

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& file, Reading reading) {
  return SettingsReader(text, file, reading).read();
}

Result<Settings> load_settings(const std::string& file, Reading reading) {
  Result<std::string> text = read_text_file(file, kSettingsBytesMax);
  if (!text) return std::move(text).error().within(file);
  Result<Settings> settings = parse_settings(*text, file, reading);
  std::error_code error;
  if (settings) settings->file = std::filesystem::absolute(file, error).string();
  return settings;
}

}  // namespace sqlbus
