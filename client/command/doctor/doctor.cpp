#include "client/command/doctor/doctor.hpp"

#include <iostream>
#include <optional>
#include <string>

#include "client/command/bus_address.hpp"
#include "client/command/doctor/canary.hpp"
#include "client/command/doctor/database_check.hpp"
#include "client/command/doctor/findings.hpp"
#include "client/command/doctor/queue_check.hpp"
#include "client/command/doctor/redis_check.hpp"
#include "client/redis_session.hpp"

namespace sqlbus {
namespace {

using doctor::Finding;
using doctor::Findings;

class Doctor {
 public:
  Doctor(const CommandOptions& options, BusAddress address, std::optional<Settings> settings)
      : options_(options), address_(std::move(address)), settings_(std::move(settings)) {}

  ExitCode look() {
    auto redis = RedisSession::connect(address_.redis, address_.connect_timeout);
    if (!redis) {
      findings_.fail("redis", redis.error().message,
                     "start it, and see that the address and the password are right");
      look_at_databases(nullptr);
      return ExitCode::kUnreachable;
    }
    const auto done = look_at_bus(*redis);
    if (!done) {
      findings_.fail("redis", done.error().message, "look at its log");
      return ExitCode::kUnreachable;
    }
    return findings_.count(Finding::Level::kFailure) == 0 ? ExitCode::kOk : ExitCode::kRefused;
  }

  const Findings& findings() const { return findings_; }

 private:
  Status look_at_bus(RedisSession& redis) {
    if (auto done = doctor::check_redis(redis, describe(address_.redis), address_.queue, findings_);
        !done) {
      return done;
    }
    look_at_databases(&redis);
    bool is_first = true;
    for (const auto& queue : queues_of(options_, address_)) {
      const auto verdict = doctor::check_queue(redis, queue, findings_);
      if (!verdict) return verdict.error();
      if (verdict->is_served) send_canaries(queue, is_first);
      is_first = false;
    }
    return Done{};
  }

  void look_at_databases(RedisSession* redis) {
    if (!settings_) {
      findings_.ok("databases", "only by a query through the bus: its file is not at hand");
      return;
    }
    for (const auto& database : settings_->databases) {
      doctor::check_database(*settings_, database, redis, findings_);
    }
  }

  // Every database by the first queue; by the others the default one, which tells that they are
  // taken from.
  void send_canaries(const std::string& queue, bool is_first) {
    if (!settings_ || !is_first) {
      return doctor::send_canary(address_, queue, std::nullopt, findings_);
    }
    for (const auto& database : settings_->databases) {
      doctor::send_canary(address_, queue, database.name, findings_);
    }
  }

  const CommandOptions& options_;
  BusAddress address_;
  std::optional<Settings> settings_;
  Findings findings_;
};

}  // namespace

ExitCode run_doctor(const CommandOptions& options) {
  const auto address = find_bus(options);
  if (!address) {
    std::cerr << "sqlbus: " << address.error().message << "\n";
    return ExitCode::kUsage;
  }
  std::optional<Settings> settings;
  if (options.redis_url.empty()) {
    if (auto loaded = load_bus_settings(options.config_file)) settings = *std::move(loaded);
  }
  Doctor doctor(options, *address, std::move(settings));
  const auto code = doctor.look();
  std::cout << (options.json ? doctor::to_json(doctor.findings()) + "\n"
                             : doctor::render(doctor.findings()));
  return code;
}

}  // namespace sqlbus
