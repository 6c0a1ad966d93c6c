#include "client/command/bus_address.hpp"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "daemon/config/parse_settings.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {

namespace {

Result<BusAddress> by_url(std::string_view url, std::string_view source) {
  auto redis = parse_redis_url(url);
  if (!redis) return std::move(redis).error().within(source);
  return BusAddress{.redis = *std::move(redis), .queue = std::string(keys::kDefaultQueue)};
}

Result<BusAddress> by_file(const std::string& file) {
  auto settings = load_settings(file, Reading::kElsewhere);
  if (!settings) return std::move(settings).error();
  const auto* open =
      settings->find_open(settings->memcache, {"host", "port", "unix_socket", "username",
                                               "password", "password_file", "database", "queue"});
  if (open != nullptr) {
    return Error{open->fault +
                 "\nneeded to reach Redis: make it known here, as it is to the daemon," +
                 " or name Redis by --redis"};
  }
  RedisSettings& redis = settings->redis;
  return BusAddress{.redis = {.host = redis.host,
                              .port = redis.port,
                              .unix_socket = redis.unix_socket,
                              .username = redis.username,
                              .password = redis.password,
                              .database = redis.database},
                    .queue = redis.queues.front(),
                    .connect_timeout = redis.connect_timeout};
}

Result<BusAddress> by_source(const CommandOptions& options) {
  if (!options.redis_url.empty()) return by_url(options.redis_url, "--redis");
  if (!options.config_file.empty()) return by_file(options.config_file);
  const char* const set = std::getenv("SQLBUS_REDIS");
  if (set != nullptr && *set != '\0') return by_url(set, "SQLBUS_REDIS");
  const std::string file(kDefaultSettingsFile);
  if (access(file.c_str(), F_OK) == 0) return by_file(file);
  return BusAddress{.redis = {}, .queue = std::string(keys::kDefaultQueue)};
}

}  // namespace

Result<BusAddress> find_bus(const CommandOptions& options) {
  auto address = by_source(options);
  if (!address || !options.queue) return address;
  if (!keys::is_queue_name(*options.queue)) {
    return Error{"--queue: a queue's name is not empty and holds no braces"};
  }
  address->queue = *options.queue;
  return address;
}

std::vector<std::string> queues_of(const CommandOptions& options, const BusAddress& address) {
  if (options.queue || !options.redis_url.empty()) return {address.queue};
  const auto settings = load_bus_settings(options.config_file);
  if (!settings || settings->redis.queues.front() != address.queue) return {address.queue};
  return settings->redis.queues;
}

Result<Settings> load_bus_settings(const std::string& config_file) {
  if (!config_file.empty()) return load_settings(config_file, Reading::kElsewhere);
  const std::string file(kDefaultSettingsFile);
  if (access(file.c_str(), F_OK) == 0) return load_settings(file, Reading::kElsewhere);
  return Error{"needs the bus's file: --config"};
}

}  // namespace sqlbus
