#include "client/command/load/placeholder.hpp"

#include <rapidjson/document.h>

#include "client/command/queue_owner.hpp"
#include "client/command/status_json.hpp"

namespace sqlbus {

namespace {

std::string driver_by_owner(RedisSession& redis, const std::string& queue,
                            const std::optional<std::string>& database) {
  auto facts = owner_facts(redis, queue);
  if (!facts) return {};
  rapidjson::Document status;
  status.Parse((*facts)["status"].c_str());
  std::string driver;
  if (!status.IsObject()) return driver;
  status_json::for_each_in(status, "databases", [&](const status_json::Json& each) {
    const bool is_it = database ? status_json::text_of(each, "database") == *database
                                : status_json::flag_of(each, "default");
    if (is_it) driver = status_json::text_of(each, "driver");
  });
  return driver;
}

std::string driver_by_file(const CommandOptions& options) {
  const auto settings = load_bus_settings(options.config_file);
  if (!settings || !options.redis_url.empty()) return {};
  for (const auto& database : settings->databases) {
    if (database.name == options.database.value_or(settings->default_database)) {
      return database.driver;
    }
  }
  return {};
}

}  // namespace

LoadOptions::Placeholder placeholder_of(std::string_view driver) {
  return driver == "odbc" ? LoadOptions::Placeholder::kQuestion : LoadOptions::Placeholder::kDollar;
}

std::string driver_of(RedisSession& redis, const CommandOptions& options,
                      const std::string& queue) {
  std::string driver = driver_by_owner(redis, queue, options.database);
  return driver.empty() ? driver_by_file(options) : driver;
}

}  // namespace sqlbus
