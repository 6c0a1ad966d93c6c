// What the operator set. Every member comes from one row of the table in settings_table.cpp. The
// loop's stages look at one object, which a reload assigns anew; a lane has what it needs of its
// own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/keys.hpp"

namespace sqlbus {

using std::chrono::milliseconds;

struct RedisSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string unix_socket;  // where set, host and port are not used
  std::string username;     // an ACL user; empty: the default one
  std::string password;     // secret; from password or password_file
  std::string password_file;
  std::int64_t database = 0;
  milliseconds connect_timeout{5000};
  milliseconds operate_timeout{5000};     // longest wait for an answer of Redis
  milliseconds response_timeout{600000};  // expiry of a response; longest wait of a SYNC request
  std::vector<std::string> queues{std::string(keys::kDefaultQueue)};  // highest priority first
};

struct LimitSettings {
  milliseconds lease{10000};
  std::size_t inflight_max = 5000;
  std::size_t inflight_bytes_max = 64ULL << 20U;
  std::size_t request_max = 32ULL << 20U;
  std::size_t reply_max = 32ULL << 20U;
  std::size_t claim_max = 250;  // requests taken from a queue in one step
  std::size_t group_max = 500;  // requests in one transaction
  std::int64_t deliveries_max = 3;
  std::size_t dead_max = 1000000;  // claiming stops while a queue has so many dead letters
  milliseconds drain_timeout{30000};
  int retry_max = 8;             // tries of a request alone that fails for a passing cause
  milliseconds retry_base{100};  // first wait before a request or connection is tried again
  milliseconds retry_cap{5000};  // longest such wait
};

struct HttpSettings {
  std::string listen;  // "127.0.0.1:9711" or the path of a socket; empty: nowhere
};

struct LogSettings {
  enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };
  enum class Format : std::uint8_t { kText, kJson };

  Level level = Level::kInfo;
  Format format = Format::kText;
  std::string filename;
  std::string catalog;  // the folder of filename
  bool space_line_after_log = false;
  std::size_t size_max = 0;  // of the file, before it is rotated; 0: no limit
  std::string rotate_at;     // a time of day, see parse_time_of_day(); empty: at none
  std::size_t keep_files = 10;
  milliseconds slow_statement{0};  // statements that run longer are logged; 0: none
  bool trace = false;              // read from files of the old program; nothing looks at it

  // The file to write to; empty: standard output.
  std::string path() const;
};

std::string_view to_string(LogSettings::Level level);
std::string_view to_string(LogSettings::Format format);

struct DatabaseSettings {
  enum class Target : std::uint8_t { kAny, kPrimary };

  std::string name;        // the section's
  std::string descriptor;  // free text for people
  std::string driver;      // a name, or a path with '/'
  std::string server;
  std::string port;
  std::string username;
  std::string password;  // secret; from password or password_file
  std::string password_file;
  std::string database;
  Target target = Target::kAny;   // kPrimary: only a server that takes writes
  std::string connection_string;  // of driver = odbc; may hold a password
  std::string odbc_driver;        // where there is no connection_string
  milliseconds connect_timeout{5000};
  milliseconds statement_timeout{0};  // 0: none
  std::size_t lanes = 1;
  bool merge_inserts = true;
  bool query_connection = true;
  bool prepared_statements = true;
  bool exactly_once = true;                                    // by the ledger in the database
  milliseconds ledger_retention = std::chrono::hours(7 * 24);  // so long a UUID is remembered
  std::size_t ledger_rows_max = 10000000;
  std::size_t ledger_answer_max = 64ULL << 10U;  // bytes of a first answer that is kept
  bool is_removed = false;  // by a reload: nothing finds it, but its place is kept

  friend bool operator==(const DatabaseSettings&, const DatabaseSettings&) = default;
};

std::string_view to_string(DatabaseSettings::Target target);

// A value that cannot be known here, since the daemon alone has the environment or may read the
// file that it names: see Reading::kElsewhere.
struct OpenValue {
  std::string section, key;
  std::string fault;  // "sqlbus.ini:12: [redis] password_file: …"
};

struct Settings {
  std::string file;                // where it came from
  std::string default_database;    // a DatabaseSettings::name
  std::string memcache = "redis";  // the name of the Redis section
  std::string chdir;
  std::string pidfile;
  bool daemonize = false;
  RedisSettings redis;
  LimitSettings limits;
  LogSettings log;
  HttpSettings http;
  // In the file's order, at least one. A database is known by its place: a reload keeps the places
  // and puts new ones behind.
  std::vector<DatabaseSettings> databases;
  std::vector<OpenValue> open_values;  // they are as if they were not there

  // By name, without regard to case and '_'; nullptr where there is none.
  const DatabaseSettings* find_database(std::string_view name) const;
  // The first of a section; of these keys only, where some are named. nullptr: all are known.
  const OpenValue* find_open(std::string_view section,
                             std::initializer_list<std::string_view> keys = {}) const;
};

}  // namespace sqlbus
