#include "daemon/config/settings_table.hpp"

#include <algorithm>
#include <array>

#include "daemon/config/ini_file.hpp"

namespace sqlbus {
namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;
constexpr std::int64_t kGiB = 1024 * kMiB;

constexpr SettingRange kTimeout{10, kHour};
constexpr SettingRange kAnySize{0, 1024 * kGiB};
constexpr SettingRange kEnvelopeSize{kKiB, 512 * kMiB};  // a Redis string holds 512 MiB
constexpr SettingRange kStep{1, 5000};                   // what one Lua script can unpack
constexpr SettingRange kUnixSocketPath{0, 107};          // sun_path, with its NUL

template <auto Member>
Slot of_default(SettingsPlace place) {
  return &(place.settings.*Member);
}
template <auto Member>
Slot of_redis(SettingsPlace place) {
  return &(place.settings.redis.*Member);
}
template <auto Member>
Slot of_limits(SettingsPlace place) {
  return &(place.settings.limits.*Member);
}
template <auto Member>
Slot of_log(SettingsPlace place) {
  return &(place.settings.log.*Member);
}
template <auto Member>
Slot of_http(SettingsPlace place) {
  return &(place.settings.http.*Member);
}
template <auto Member>
Slot of_database(SettingsPlace place) {
  return &(place.database.*Member);
}

using enum SectionKind;
using enum SettingType;

constexpr SettingRow kTable[] = {
    {.section = kDefault,
     .key = "database",
     .type = kText,
     .slot = of_default<&Settings::default_database>,
     .help = "The section of the database that requests without DATABASE run on. May be left out "
             "where there is only one."},
    {.section = kDefault,
     .key = "memcache",
     .type = kText,
     .slot = of_default<&Settings::memcache>,
     .fixed_because = kOtherServer,
     .help = "The section of the Redis server."},
    {.section = kDefault,
     .key = "chdir",
     .type = kText,
     .slot = of_default<&Settings::chdir>,
     .fixed_because = "relative paths in use start from it",
     .help = "The folder that relative paths start from, but for password_file. Default: where "
             "sqlbusd was started."},
    {.section = kDefault,
     .key = "pidfile",
     .type = kText,
     .slot = of_default<&Settings::pidfile>,
     .fixed_because = "the process id stands in the old one",
     .example = "/run/sqlbus/sqlbus.pid",
     .help = "Holds the process id, and keeps a second daemon from starting. sqlbusd --kill needs "
             "it."},
    {.section = kDefault,
     .key = "daemonize",
     .type = kSwitch,
     .slot = of_default<&Settings::daemonize>,
     .fixed_because = "the process has started",
     .help = "Run in the background. The flags -f and -b go before it."},

    {.section = kRedis,
     .key = "host",
     .type = kText,
     .slot = of_redis<&RedisSettings::host>,
     .fixed_because = kOtherServer,
     .help = "Name or address of the server."},
    {.section = kRedis,
     .key = "port",
     .type = kCount,
     .slot = of_redis<&RedisSettings::port>,
     .range = {1, 65535},
     .fixed_because = kOtherServer,
     .help = "TCP port of the server."},
    {.section = kRedis,
     .key = "unix_socket",
     .type = kText,
     .slot = of_redis<&RedisSettings::unix_socket>,
     .range = kUnixSocketPath,
     .fixed_because = kOtherServer,
     .example = "/run/redis/redis.sock",
     .help = "Path of the server's socket. Where it is given, host and port are not used."},
    {.section = kRedis,
     .key = "username",
     .type = kText,
     .slot = of_redis<&RedisSettings::username>,
     .help = "User of Redis' access control list. Default: the server's default user."},
    {.section = kRedis,
     .key = "password",
     .type = kText,
     .slot = of_redis<&RedisSettings::password>,
     .is_secret = true,
     .example = "${SQLBUS_REDIS_PASSWORD}",
     .help = "Password of the user."},
    {.section = kRedis,
     .key = "password_file",
     .type = kText,
     .slot = of_redis<&RedisSettings::password_file>,
     .example = "/etc/sqlbus/redis.password",
     .help = "A file whose one line is the password, in place of password."},
    {.section = kRedis,
     .key = "database",
     .type = kCount,
     .slot = of_redis<&RedisSettings::database>,
     .range = {0, 1'000'000},
     .fixed_because = kOtherServer,
     .help = "Number of the database in Redis."},
    {.section = kRedis,
     .key = "connect_timeout",
     .alias = "connectimeout",
     .type = kDuration,
     .slot = of_redis<&RedisSettings::connect_timeout>,
     .range = kTimeout,
     .is_old = true,
     .help = "Longest time to make a connection."},
    {.section = kRedis,
     .key = "operate_timeout",
     .type = kDuration,
     .slot = of_redis<&RedisSettings::operate_timeout>,
     .range = kTimeout,
     .is_old = true,
     .help = "Longest wait for an answer of the server; then the connection is made anew."},
    {.section = kRedis,
     .key = "response_timeout",
     .type = kDuration,
     .slot = of_redis<&RedisSettings::response_timeout>,
     .range = {10, 7 * kDay},
     .is_old = true,
     .help = "A response that nobody fetches expires after it. It is also the longest that a "
             "blocking request without DEADLINE waits for a database that is down."},
    {.section = kRedis,
     .key = "queue",
     .type = kNames,
     .slot = of_redis<&RedisSettings::queues>,
     .help =
         "The lists that requests come from, highest priority first. One that a reload takes away "
         "is left when what is in flight of it has ended."},

    {.section = kLimits,
     .key = "lease",
     .type = kDuration,
     .slot = of_limits<&LimitSettings::lease>,
     .range = {kSecond, 10 * kMinute},
     .fixed_because = "the daemons beside it count on it",
     .help = "A daemon that cannot renew its ownership of a queue for so long has lost it, and "
             "another one takes over."},
    {.section = kLimits,
     .key = "inflight_max",
     .type = kCount,
     .slot = of_limits<&LimitSettings::inflight_max>,
     .range = {1, 1'000'000},
     .help = "Requests taken from Redis and not yet settled; the rest waits in Redis."},
    {.section = kLimits,
     .key = "inflight_bytes_max",
     .type = kSize,
     .slot = of_limits<&LimitSettings::inflight_bytes_max>,
     .range = {kKiB, 64 * kGiB},
     .help = "Bytes of the requests in flight. A single larger request is taken alone."},
    {.section = kLimits,
     .key = "request_max",
     .type = kSize,
     .slot = of_limits<&LimitSettings::request_max>,
     .range = kEnvelopeSize,
     .help = "A larger request becomes a dead letter (1003)."},
    {.section = kLimits,
     .key = "reply_max",
     .type = kSize,
     .slot = of_limits<&LimitSettings::reply_max>,
     .range = kEnvelopeSize,
     .help = "A larger result is answered with 1303 in its place."},
    {.section = kLimits,
     .key = "claim_max",
     .type = kCount,
     .slot = of_limits<&LimitSettings::claim_max>,
     .range = kStep,
     .help = "Requests taken from a queue in one step; at most four times as many of one queue are "
             "claimed ahead of their database."},
    {.section = kLimits,
     .key = "group_max",
     .type = kCount,
     .slot = of_limits<&LimitSettings::group_max>,
     .range = kStep,
     .help = "Requests that share one transaction."},
    {.section = kLimits,
     .key = "deliveries_max",
     .type = kCount,
     .slot = of_limits<&LimitSettings::deliveries_max>,
     .range = {1, 1000},
     .help = "A request with which the daemon died so often becomes a dead letter (1402)."},
    {.section = kLimits,
     .key = "dead_max",
     .type = kCount,
     .slot = of_limits<&LimitSettings::dead_max>,
     .range = {1, 1'000'000'000},
     .help = "Nothing is taken from a queue that has so many dead letters."},
    {.section = kLimits,
     .key = "drain_timeout",
     .type = kDuration,
     .slot = of_limits<&LimitSettings::drain_timeout>,
     .range = {0, kHour},
     .help = "At the end, running statements may take so long; the rest goes back to its queue."},
    {.section = kLimits,
     .key = "retry_max",
     .type = kCount,
     .slot = of_limits<&LimitSettings::retry_max>,
     .range = {1, 1000},
     .help = "A request that failed alone so often for a cause that may pass (deadlock, lost "
             "connection) is given up: ERRORID 1401."},
    {.section = kLimits,
     .key = "retry_base",
     .type = kDuration,
     .slot = of_limits<&LimitSettings::retry_base>,
     .range = {1, kMinute},
     .help = "First wait before a request or a lost connection is tried again; it doubles each "
             "time."},
    {.section = kLimits,
     .key = "retry_cap",
     .type = kDuration,
     .slot = of_limits<&LimitSettings::retry_cap>,
     .range = {1, kHour},
     .help = "Longest such wait."},

    {.section = kLog,
     .key = "level",
     .type = kLevel,
     .slot = of_log<&LogSettings::level>,
     .help = "The least important lines that are written."},
    {.section = kLog,
     .key = "format",
     .type = kFormat,
     .slot = of_log<&LogSettings::format>,
     .help = "Lines of key=value, or JSON objects."},
    {.section = kLog,
     .key = "filename",
     .type = kText,
     .slot = of_log<&LogSettings::filename>,
     .example = "sqlbus.log",
     .help = "File to append to. Default: standard output; where there is a catalog, sqlbus.log."},
    {.section = kLog,
     .key = "catalog",
     .type = kText,
     .slot = of_log<&LogSettings::catalog>,
     .example = "/var/log/sqlbus",
     .help = "Folder of filename; made where it is missing."},
    {.section = kLog,
     .key = "spacelineafterlog",
     .type = kSwitch,
     .slot = of_log<&LogSettings::space_line_after_log>,
     .help = "An empty line behind each line."},
    {.section = kLog,
     .key = "maxsize",
     .type = kSize,
     .slot = of_log<&LogSettings::size_max>,
     .range = kAnySize,
     .is_old = true,
     .help =
         "A file that would grow beyond it is renamed, to sqlbus.log.20260131-235959, and a new "
         "one begun. 0MiB: no limit."},
    {.section = kLog,
     .key = "rolatecron",
     .type = kTimeOfDay,
     .slot = of_log<&LogSettings::rotate_at>,
     .is_old = true,
     .example = "23:59:59",
     .help = "A time of day, in local time, at which the same happens. Default: none."},
    {.section = kLog,
     .key = "keep_files",
     .type = kCount,
     .slot = of_log<&LogSettings::keep_files>,
     .range = {1, 10'000},
     .help = "So many renamed files are kept; older ones are deleted."},
    {.section = kLog,
     .key = "slow_statement",
     .type = kDuration,
     .slot = of_log<&LogSettings::slow_statement>,
     .range = {0, 24 * kHour},
     .help = "A statement that runs longer is logged, with ? in place of what it holds of values. "
             "0s: none."},
    {.section = kLog,
     .key = "trace",
     .type = kSwitch,
     .slot = of_log<&LogSettings::trace>,
     .is_old = true,
     .help = "Accepted from old files; has no effect. Use level = debug."},

    {.section = kHttp,
     .key = "listen",
     .type = kText,
     .slot = of_http<&HttpSettings::listen>,
     .example = "127.0.0.1:9711",
     .help =
         "Where /metrics, /healthz, /readyz and /status are answered: address:port, or the path "
         "of a unix socket. They can be read by whoever gets there. Default: nowhere."},

    {.section = kDatabase,
     .key = "descriptor",
     .type = kText,
     .slot = of_database<&DatabaseSettings::descriptor>,
     .help = "A remark for people."},
    {.section = kDatabase,
     .key = "driver",
     .type = kText,
     .slot = of_database<&DatabaseSettings::driver>,
     .range = {1, 4096},
     .example = "sqlite",
     .help = "The name of a driver (sqlite, postgres, odbc, null), or the path of one, with a /. "
             "Required."},
    {.section = kDatabase,
     .key = "server",
     .type = kText,
     .slot = of_database<&DatabaseSettings::server>,
     .help = "Host of the database; for PostgreSQL also the folder of its socket, or several hosts "
             "with commas between, tried in their order; for MariaDB by ODBC also the socket."},
    {.section = kDatabase,
     .key = "port",
     .type = kText,
     .slot = of_database<&DatabaseSettings::port>,
     .help = "Port of the database. Default: the driver's."},
    {.section = kDatabase,
     .key = "target",
     .type = kTarget,
     .slot = of_database<&DatabaseSettings::target>,
     .help = "With primary only a server that takes writes will do, and a standby is as good as "
             "down. Where server has several hosts the default is primary."},
    {.section = kDatabase,
     .key = "username",
     .type = kText,
     .slot = of_database<&DatabaseSettings::username>,
     .help = "User of the database."},
    {.section = kDatabase,
     .key = "password",
     .type = kText,
     .slot = of_database<&DatabaseSettings::password>,
     .is_secret = true,
     .example = "${ORDERS_PASSWORD}",
     .help = "Password of the user."},
    {.section = kDatabase,
     .key = "password_file",
     .type = kText,
     .slot = of_database<&DatabaseSettings::password_file>,
     .example = "/etc/sqlbus/orders.password",
     .help = "A file whose one line is the password, in place of password."},
    {.section = kDatabase,
     .key = "database",
     .type = kText,
     .slot = of_database<&DatabaseSettings::database>,
     .example = "/var/lib/sqlbus/orders.db",
     .help = "Name of the database on its server; for SQLite the path of its file."},
    {.section = kDatabase,
     .key = "connection_string",
     .type = kText,
     .slot = of_database<&DatabaseSettings::connection_string>,
     .is_secret = true,
     .example = "DSN=orders",
     .help =
         "With driver = odbc, what its driver manager is told: DSN=… or DRIVER=…;SERVER=…; and so "
         "on. username and password are added where they are set and it has no UID and PWD."},
    {.section = kDatabase,
     .key = "odbc_driver",
     .type = kText,
     .slot = of_database<&DatabaseSettings::odbc_driver>,
     .example = "MariaDB Unicode",
     .help = "With driver = odbc and no connection_string: the name of the ODBC driver in "
             "odbcinst.ini, or the path of its library; server, port and database say the rest."},
    {.section = kDatabase,
     .key = "statement_timeout",
     .type = kDuration,
     .slot = of_database<&DatabaseSettings::statement_timeout>,
     .range = {0, 24 * kHour},
     .help = "A statement that runs longer is cancelled and tried again, as for any cause that may "
             "pass. 0s: no limit."},
    {.section = kDatabase,
     .key = "connect_timeout",
     .alias = "connectimeout",
     .type = kDuration,
     .slot = of_database<&DatabaseSettings::connect_timeout>,
     .range = kTimeout,
     .is_old = true,
     .help = "Longest time to make a connection."},
    {.section = kDatabase,
     .key = "lanes",
     .type = kCount,
     .slot = of_database<&DatabaseSettings::lanes>,
     .range = {1, 64},
     .help = "Connections that run requests side by side. Those of one KEY, or without KEY of one "
             "APP and PID, keep their order. SQLite has one writer and so one lane."},
    {.section = kDatabase,
     .key = "query_connection",
     .type = kSwitch,
     .slot = of_database<&DatabaseSettings::query_connection>,
     .help = "One connection more, where the driver has use for it: a blocking query whose caller "
             "has nothing else under way runs there while its lane is busy."},
    {.section = kDatabase,
     .key = "merge_inserts",
     .type = kSwitch,
     .slot = of_database<&DatabaseSettings::merge_inserts>,
     .help = "Run neighbouring inserts of one shape that nobody waits for as one set-based insert, "
             "where the table is the same afterwards."},
    {.section = kDatabase,
     .key = "prepared_statements",
     .type = kSwitch,
     .slot = of_database<&DatabaseSettings::prepared_statements>,
     .help = "Keep repeated statements prepared on each connection. Switch it off behind a pooler "
             "that changes the server's session between transactions."},
    {.section = kDatabase,
     .key = "exactly_once",
     .type = kSwitch,
     .slot = of_database<&DatabaseSettings::exactly_once>,
     .help =
         "Remember each applied request in the table sqlbus_ledger, in its transaction, so that "
         "it never takes effect twice. Without, a crash may repeat what was under way."},
    {.section = kDatabase,
     .key = "ledger_retention",
     .type = kDuration,
     .slot = of_database<&DatabaseSettings::ledger_retention>,
     .range = {kMinute, 3650 * kDay},
     .help = "So long a UUID is remembered in the ledger."},
    {.section = kDatabase,
     .key = "ledger_rows_max",
     .type = kCount,
     .slot = of_database<&DatabaseSettings::ledger_rows_max>,
     .range = {1000, 1'000'000'000'000},
     .help = "Rows the ledger may have, about; the oldest go, before their time where it must be."},
    {.section = kDatabase,
     .key = "ledger_answer_max",
     .type = kSize,
     .slot = of_database<&DatabaseSettings::ledger_answer_max>,
     .range = {0, 64 * kMiB},
     .help = "The first answer of a blocking write is kept for its copies up to this size; of a "
             "larger one only that it was done."},
};

}  // namespace

std::span<const SettingRow> settings_table() { return kTable; }

const SettingRow* find_setting(SectionKind section, std::string_view key) {
  const auto found = std::find_if(std::begin(kTable), std::end(kTable), [&](const auto& row) {
    return row.section == section &&
           (same_name(row.key, key) || (!row.alias.empty() && same_name(row.alias, key)));
  });
  return found == std::end(kTable) ? nullptr : found;
}

}  // namespace sqlbus
