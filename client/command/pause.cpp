#include "client/command/pause.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/queue_owner.hpp"
#include "client/redis_session.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

// What NAME means: these queues as a whole, or one database of each.
struct Target {
  std::vector<std::string> queues;
  std::string database;

  std::string field() const {
    return database.empty() ? std::string(keys::kQueuePaused) : keys::database_paused(database);
  }
  std::string name_on(const std::string& queue) const {
    return database.empty() ? "queue " + queue : "database " + database + " on " + queue;
  }
};

template <typename List>
bool has(const List& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// By the bus's file where it is at hand, else by what Redis knows of the queue and its owner.
Result<Target> target_of(const CommandOptions& options, const BusAddress& address,
                         RedisSession& redis) {
  const auto& name = options.pause.name;
  const auto settings = load_bus_settings(options.config_file);
  std::vector<std::string> queues{address.queue};
  if (settings && !options.queue) queues = settings->redis.queues;
  if (name.empty()) return Target{queues, ""};
  if (has(queues, name)) return Target{{name}, ""};
  std::vector<std::string> databases;
  if (settings) {
    for (const auto& database : settings->databases) databases.push_back(database.name);
  } else {
    auto facts = owner_facts(redis, name);
    if (!facts) return std::move(facts).error();
    if (!facts->empty()) return Target{{name}, ""};
    facts = owner_facts(redis, address.queue);
    if (!facts) return std::move(facts).error();
    if (facts->empty()) {
      return Error{name + ": no bus runs that would know it; name the bus's file by --config"};
    }
    databases = lines_of((*facts)["databases"]);
  }
  if (has(databases, name)) return Target{queues, name};
  return Error{name + ": neither a queue nor a database of the bus"};
}

std::string whoever() {
  const auto* user = getpwuid(geteuid());
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return std::string(user != nullptr ? user->pw_name : std::to_string(geteuid()).c_str()) + "@" +
         host.data();
}

// {"BY":"ops@db1","SINCE":1763749000,"REASON":"…"}; SINCE in seconds since 1970, by the clock of
// Redis.
Result<std::string> note_of(RedisSession& redis, const std::string& reason) {
  auto time = redis.command({"TIME"});
  if (!time) return std::move(time).error();
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject).name("BY").string(whoever());
  json.name("SINCE").raw((*time)[0].text);
  if (!reason.empty()) json.name("REASON").string(reason);
  json.close(JsonContainer::kObject);
  return text;
}

// One that was paused before stays so, by whom and since when it was.
Status pause_one(RedisSession& redis, const Target& target, const std::string& queue,
                 const std::string& note) {
  const auto control = keys::control(queue);
  auto is_new = redis.command({"HSETNX", control, target.field(), note});
  if (!is_new) return std::move(is_new).error();
  wake_owner(redis, queue);
  if (is_new->integer == 1) {
    std::cout << "paused: " << target.name_on(queue) << "\n";
    return Done{};
  }
  auto before = redis.command({"HGET", control, target.field()});
  if (!before) return std::move(before).error();
  std::cout << "paused already: " << target.name_on(queue) << " " << before->text << "\n";
  return Done{};
}

Status resume_one(RedisSession& redis, const Target& target, const std::string& queue) {
  auto removed = redis.command({"HDEL", keys::control(queue), target.field()});
  if (!removed) return std::move(removed).error();
  wake_owner(redis, queue);
  std::cout << (removed->integer == 1 ? "resumed: " : "was not paused: ") << target.name_on(queue)
            << "\n";
  return Done{};
}

using EachQueue = std::function<Status(RedisSession&, const Target&, const std::string& queue)>;

// What was paused may not be configured any more.
Result<Target> paused_target_of(const CommandOptions& options, const BusAddress& address,
                                RedisSession& redis) {
  auto target = target_of(options, address, redis);
  if (target || redis.is_broken()) return target;
  const auto& name = options.pause.name;
  auto queue = redis.command({"HEXISTS", keys::control(name), keys::kQueuePaused});
  if (queue && queue->integer == 1) return Target{{name}, ""};
  const auto settings = load_bus_settings(options.config_file);
  auto queues =
      settings && !options.queue ? settings->redis.queues : std::vector<std::string>{address.queue};
  std::vector<std::string> paused;
  for (auto& each : queues) {
    auto found = redis.command({"HEXISTS", keys::control(each), keys::database_paused(name)});
    if (found && found->integer == 1) paused.push_back(std::move(each));
  }
  if (paused.empty()) return target;
  return Target{std::move(paused), name};
}

using FindTarget = Result<Target> (*)(const CommandOptions&, const BusAddress&, RedisSession&);

ExitCode run_each(const CommandOptions& options, FindTarget find, const EachQueue& each) {
  const auto address = find_bus(options);
  if (!address) return complain(address.error(), ExitCode::kUsage);
  auto redis = RedisSession::connect(address->redis, address->connect_timeout);
  if (!redis) return complain(redis.error(), ExitCode::kUnreachable);
  const auto target = find(options, *address, *redis);
  if (!target) {
    return complain(target.error(), redis->is_broken() ? ExitCode::kUnreachable : ExitCode::kUsage);
  }
  for (const auto& queue : target->queues) {
    if (auto status = each(*redis, *target, queue); !status) {
      return complain(std::move(status).error().within(keys::control(queue)),
                      redis->is_broken() ? ExitCode::kUnreachable : ExitCode::kRefused);
    }
  }
  return ExitCode::kOk;
}

}  // namespace

ExitCode run_pause(const CommandOptions& options) {
  return run_each(
      options, target_of,
      [&](RedisSession& redis, const Target& target, const std::string& queue) -> Status {
        auto note = note_of(redis, options.pause.reason);
        if (!note) return std::move(note).error();
        return pause_one(redis, target, queue, *note);
      });
}

ExitCode run_resume(const CommandOptions& options) {
  return run_each(options, paused_target_of, resume_one);
}

}  // namespace sqlbus
