#include "daemon/config/setting_value.hpp"

#include <doctest/doctest.h>

#include <set>

#include "daemon/config/ini_file.hpp"

namespace sqlbus {
namespace {

struct Trial {
  Settings settings;
  DatabaseSettings database;

  std::string set(SectionKind section, std::string_view key, std::string_view text) {
    const SettingRow* row = find_setting(section, key);
    REQUIRE(row != nullptr);
    const Status status = set_value(*row, row->slot({settings, database}), text);
    return status ? "" : status.error().message;
  }
};

TEST_CASE("every row has help, a default that it accepts, and a name of its own") {
  std::set<std::pair<SectionKind, std::string>> names;
  for (const SettingRow& row : settings_table()) {
    CAPTURE(row.key);
    CHECK(row.help.ends_with('.'));
    CHECK(names.emplace(row.section, row.key).second);
    CHECK(find_setting(row.section, row.key) == &row);
    Settings settings;
    DatabaseSettings database;
    const Slot slot = row.slot({settings, database});
    const std::string before = show_value(row, slot);
    if (before.empty()) continue;
    const Status status = set_value(row, slot, before);
    CHECK_MESSAGE(status.ok(), before);
    CHECK(show_value(row, slot) == before);
  }
}

TEST_CASE("durations need a unit and may be fractions") {
  Trial trial;
  struct Case {
    std::string text;
    std::int64_t ms;
  };
  const Case cases[] = {{"1s", 1000},      {"1500ms", 1500}, {"1.5s", 1500},  {"2 m", 120'000},
                        {"0.1h", 360'000}, {"1S", 1000},     {"10M", 600'000}};
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(trial.set(SectionKind::kLimits, "lease", each.text) == "");
    CHECK(trial.settings.limits.lease.count() == each.ms);
  }
  CHECK(trial.set(SectionKind::kLimits, "drain_timeout", "0s") == "");
  CHECK(trial.settings.limits.drain_timeout.count() == 0);
  CHECK(trial.set(SectionKind::kRedis, "response_timeout", "2d") == "");
  CHECK(trial.settings.redis.response_timeout == std::chrono::hours(48));
}

TEST_CASE("a duration that cannot be is refused, and the default stays") {
  Trial trial;
  const char* const cases[] = {"5",     "0",         "s",      "-1s", "1 s 2",
                               "1e3s",  "1,5s",      "1.2.3s", "nan", "inf",
                               "0x10s", "10parsecs", "999ms",  "11m", "99999999999999999999d",
                               "1KiB",  ""};
  for (const char* const text : cases) {
    CAPTURE(text);
    CHECK(trial.set(SectionKind::kLimits, "lease", text) != "");
    CHECK(trial.settings.limits.lease == LimitSettings{}.lease);
  }
  CHECK(trial.set(SectionKind::kLimits, "lease", "5") == "lacks its unit: ms, s, m, h or d");
  CHECK(trial.set(SectionKind::kLimits, "lease", "0s") == "is not within 1s to 10m");
}

TEST_CASE("keys of the old program take a bare number of seconds, and 0 leaves the default") {
  Trial trial;
  CHECK(trial.set(SectionKind::kRedis, "ResponseTimeout", "90") == "");
  CHECK(trial.settings.redis.response_timeout == std::chrono::seconds(90));
  CHECK(trial.set(SectionKind::kRedis, "connectimeout", "3") == "");
  CHECK(trial.settings.redis.connect_timeout == std::chrono::seconds(3));
  CHECK(trial.set(SectionKind::kRedis, "OperateTimeout", "0") == "");
  CHECK(trial.settings.redis.operate_timeout == RedisSettings{}.operate_timeout);
  CHECK(trial.set(SectionKind::kRedis, "OperateTimeout", "0s") != "");
}

TEST_CASE("sizes are KiB, MiB or GiB, and as the old program wrote them where it had the key") {
  Trial trial;
  CHECK(trial.set(SectionKind::kLimits, "request_max", "1.5mib") == "");
  CHECK(trial.settings.limits.request_max == 1536 * 1024);
  for (const char* const text : {"100", "1MB", "1TiB", "0.5KiB", "513MiB", "-1MiB"}) {
    CAPTURE(text);
    CHECK(trial.set(SectionKind::kLimits, "reply_max", text) != "");
  }
  struct Case {
    std::string text;
    std::size_t bytes;
  };
  for (const Case& each : {Case{"20mb", 20U << 20U}, Case{"7", 7}, Case{"5b", 5}, Case{"3KB", 3072},
                           Case{"2Gb", 2ULL << 30U}, Case{"1MiB", 1 << 20}}) {
    CAPTURE(each.text);
    CHECK(trial.set(SectionKind::kLog, "MaxSize", each.text) == "");
    CHECK(trial.settings.log.size_max == each.bytes);
  }
}

TEST_CASE("numbers are whole and within their range") {
  Trial trial;
  CHECK(trial.set(SectionKind::kRedis, "port", "65535") == "");
  CHECK(trial.settings.redis.port == 65535);
  for (const char* const text :
       {"0", "65536", "-1", "+1", "1.0", "12x", " 1", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK(trial.set(SectionKind::kRedis, "port", text) == "is not a whole number from 1 to 65535");
  }
  CHECK(trial.settings.redis.port == 65535);
}

TEST_CASE("switches, levels and formats take their words in any case") {
  Trial trial;
  for (const char* const text : {"on", "Yes", "TRUE", "1"}) {
    trial.settings.daemonize = false;
    CHECK(trial.set(SectionKind::kDefault, "daemonize", text) == "");
    CHECK(trial.settings.daemonize);
  }
  for (const char* const text : {"Off", "no", "false", "0"}) {
    trial.settings.daemonize = true;
    CHECK(trial.set(SectionKind::kDefault, "daemonize", text) == "");
    CHECK_FALSE(trial.settings.daemonize);
  }
  CHECK(trial.set(SectionKind::kDefault, "daemonize", "2") == "is neither on nor off");
  for (const char* const text : {"warn", "WARNING", "Warning"}) {
    CHECK(trial.set(SectionKind::kLog, "level", text) == "");
    CHECK(trial.settings.log.level == LogSettings::Level::kWarning);
  }
  CHECK(trial.set(SectionKind::kLog, "level", "loud") ==
        "is not one of debug, info, warning and error");
  CHECK(trial.set(SectionKind::kLog, "format", "JSON") == "");
  CHECK(trial.settings.log.format == LogSettings::Format::kJson);
  CHECK(trial.set(SectionKind::kLog, "format", "xml") == "is neither text nor json");
}

TEST_CASE("queues are names without blanks and braces, each once") {
  Trial trial;
  CHECK(trial.set(SectionKind::kRedis, "queue", "urgent , normal,low:2") == "");
  CHECK(trial.settings.redis.queues == std::vector<std::string>{"urgent", "normal", "low:2"});
  for (const char* const text : {"a{b", "a}b", "a b", "a,,b", ",a", "a,", ",", "a,a"}) {
    CAPTURE(text);
    CHECK(trial.set(SectionKind::kRedis, "queue", text) != "");
  }
  std::string many = "q";
  for (int i = 0; i < 64; ++i) many += ",q" + std::to_string(i);
  CHECK(trial.set(SectionKind::kRedis, "queue", many) == "has more than 64 names");
}

TEST_CASE("a unix socket's path fits into its address") {
  Trial trial;
  CHECK(trial.set(SectionKind::kRedis, "unix_socket", std::string(107, 's')) == "");
  CHECK(trial.set(SectionKind::kRedis, "unix_socket", std::string(108, 's')) ==
        "is longer than 107 bytes");
}

}  // namespace
}  // namespace sqlbus
