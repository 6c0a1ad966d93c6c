#include "client/command/doctor/redis_check.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/keys.hpp"

namespace sqlbus::doctor {
namespace {

using Info = std::map<std::string, std::string, std::less<>>;

constexpr double kClockWarningSeconds = 1;
constexpr double kFullWarning = 0.8;

// What the daemon and its callers say. '@' is the queue, '@:' one of its keys; the arguments are as
// Redis takes them, so that its answer is about the right alone.
constexpr std::array<std::string_view, 36> kNeeded{"BLMOVE @ @: LEFT LEFT 1",
                                                   "BRPOP @ 1",
                                                   "CLIENT KILL ID 1",
                                                   "CLIENT UNBLOCK 1",
                                                   "DEL @:",
                                                   "EVAL x 0",
                                                   "EVALSHA x 0",
                                                   "EXISTS @:",
                                                   "GET @:",
                                                   "HDEL @: f",
                                                   "HGET @: f",
                                                   "HGETALL @:",
                                                   "HINCRBY @: f 1",
                                                   "HLEN @:",
                                                   "HMGET @: f",
                                                   "HSET @: f v",
                                                   "INFO",
                                                   "LINDEX @: 0",
                                                   "LLEN @",
                                                   "LMOVE @ @: LEFT LEFT",
                                                   "LPUSH @ v",
                                                   "LRANGE @: 0 1",
                                                   "LREM @: 0 v",
                                                   "LSET @: 0 v",
                                                   "LTRIM @: 0 1",
                                                   "PEXPIRE @: 1",
                                                   "PTTL @:",
                                                   "RPUSH @ v",
                                                   "SADD @: v",
                                                   "SCRIPT LOAD x",
                                                   "SET @: v",
                                                   "SMEMBERS @:",
                                                   "SREM @: v",
                                                   "TIME",
                                                   "ZADD @: 1 v",
                                                   "ZREM @: v"};

Info parse_info(const std::string& text) {
  Info info;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto mark = line.find(':');
    if (mark != std::string::npos) info[line.substr(0, mark)] = line.substr(mark + 1);
  }
  return info;
}

class RedisCheck {
 public:
  RedisCheck(RedisSession& redis, std::string where, std::string queue, Findings& findings)
      : redis_(redis), where_(std::move(where)), queue_(std::move(queue)), findings_(findings) {}

  Status run() {
    auto info = redis_.command({"INFO"});
    if (!info) {
      if (redis_.is_broken()) return std::move(info).error();
      findings_.fail("redis", "INFO is refused: " + info.error().message,
                     "give the bus's user the right to INFO");
      return Done{};
    }
    info_ = parse_info(info->text);
    check_server();
    check_persistence();
    check_memory();
    check_rights();
    check_clock();
    if (redis_.is_broken()) return Error{"redis " + where_ + ": the connection is lost"};
    return Done{};
  }

 private:
  std::string text(std::string_view name) const {
    const auto found = info_.find(name);
    return found == info_.end() ? "" : found->second;
  }
  double number(std::string_view name) const { return std::atof(text(name).c_str()); }

  // Empty where it may not be asked.
  std::string setting(std::string_view name) {
    const auto answer = redis_.command({"CONFIG", "GET", name});
    return answer ? (*answer)[1].text : "";
  }

  void check_server() {
    const auto version = text("redis_version");
    int major = 0;
    int minor = 0;
    std::sscanf(version.c_str(), "%d.%d", &major, &minor);
    const auto said = version + " at " + where_;
    if (major < 6 || (major == 6 && minor < 2)) {
      findings_.fail("redis", said, "take 6.2 or later: the daemon refuses this one");
    } else if (major < 7) {
      findings_.warn("redis", said + ": at its maxmemory the bus cannot take requests out of it",
                     "take 7.0 or later");
    } else {
      findings_.ok("redis", said);
    }
    if (text("loading") == "1") findings_.fail("redis", "it loads its data", "wait until it has");
    if (text("role") == "slave") {
      findings_.fail("redis role", "a replica, which takes no writes",
                     "give the bus and its callers the address of the primary");
    }
  }

  void check_persistence() {
    const std::string check = "redis persistence";
    if (text("aof_enabled") != "1") {
      const auto save = setting("save");
      findings_.warn(check,
                     save.empty() ? "none is known: what is queued is lost when Redis ends"
                                  : "snapshots alone (save " + save +
                                        "): what came since the last one is lost when Redis ends",
                     "redis-cli CONFIG SET appendonly yes, and the same in its file");
      return;
    }
    if (text("aof_last_write_status") == "err") {
      findings_.fail(check, "the append-only file cannot be written",
                     "look at Redis' log, and for room on its disk");
      return;
    }
    const auto fsync = setting("appendfsync");
    const auto said = "appendonly yes, appendfsync " + (fsync.empty() ? "not known" : fsync);
    if (fsync == "no") {
      findings_.warn(check, said + ": up to half a minute is lost with the machine",
                     "redis-cli CONFIG SET appendfsync everysec, and the same in its file");
    } else if (fsync == "always") {
      findings_.ok(check, said + ": nothing that was acknowledged is lost");
    } else {
      findings_.ok(check, said + ": about a second is lost with the machine, nothing with Redis");
    }
  }

  void check_memory() {
    const std::string check = "redis memory";
    const auto policy = text("maxmemory_policy");
    const double limit = number("maxmemory");
    const double used = limit > 0 ? number("used_memory") / limit : 0;
    const auto share = std::to_string(std::lround(used * 100)) + "% of maxmemory used";
    if (!policy.empty() && policy != "noeviction") {
      const auto advice =
          "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in its file";
      if (limit > 0) {
        findings_.fail(check, "maxmemory-policy " + policy + " throws whole queues away", advice);
      } else {
        findings_.warn(check,
                       "maxmemory-policy " + policy +
                           " will throw queues away once there "
                           "is a maxmemory",
                       advice);
      }
    } else if (used >= 1) {
      findings_.fail(check, share + ": pushes are refused", "make room, or raise maxmemory");
    } else if (used >= kFullWarning) {
      findings_.warn(check, share, "make room, or raise maxmemory, before pushes are refused");
    } else {
      findings_.ok(check, "noeviction, " + (limit > 0 ? share : "without a maxmemory"));
    }
  }

  // By Redis' own word, from 7.0 on, where the user may ask for it.
  void check_rights() {
    const std::string check = "redis rights";
    const auto user = redis_.command({"ACL", "WHOAMI"});
    if (!user) return findings_.ok(check, "not looked at: the user may not ask (ACL WHOAMI)");
    std::string missing;
    for (const auto command : kNeeded) {
      const auto answer = dry_run(user->text, command);
      if (!answer) return findings_.ok(check, "not looked at: the user may not ask (ACL DRYRUN)");
      if (answer->text != "OK") missing += (missing.empty() ? "" : ", ") + name_of(command);
    }
    if (missing.empty()) {
      findings_.ok(check, "user " + user->text + " may do what the bus does");
    } else {
      findings_.fail(check, "user " + user->text + " may not: " + missing,
                     "ACL SETUSER " + user->text + " with these commands, and the keys ~" + queue_ +
                         ", ~{" + queue_ + "}:* and the callers' reply channels");
    }
  }

  static std::string name_of(std::string_view command) {
    const bool has_part = command.starts_with("CLIENT") || command.starts_with("SCRIPT");
    const auto first = command.find(' ');
    return std::string(command.substr(0, has_part ? command.find(' ', first + 1) : first));
  }

  Result<RedisValue> dry_run(const std::string& user, std::string_view command) {
    std::vector<std::string> words{"ACL", "DRYRUN", user};
    std::istringstream in{std::string(command)};
    for (std::string word; in >> word;) {
      if (word == "@") word = queue_;
      if (word == "@:") word = keys::owner(queue_);
      words.push_back(std::move(word));
    }
    const std::vector<std::string_view> views(words.begin(), words.end());
    return redis_.command(RedisSession::Arguments(views));
  }

  void check_clock() {
    const auto before = std::chrono::system_clock::now();
    const auto time = redis_.command({"TIME"});
    if (!time) return;
    const auto after = std::chrono::system_clock::now();
    const std::chrono::duration<double> here = (before + (after - before) / 2).time_since_epoch();
    const double there =
        std::atof((*time)[0].text.c_str()) + std::atof((*time)[1].text.c_str()) / 1e6;
    const double ahead = there - here.count();
    const auto said = "Redis is " + milliseconds_text(std::abs(ahead) * 1000) +
                      (ahead < 0 ? " behind" : " ahead of") + " this machine";
    if (std::abs(ahead) < kClockWarningSeconds) return findings_.ok("redis clock", said);
    findings_.warn("redis clock", said + ", and DEADLINE and NOT_BEFORE go by it",
                   "have both machines set their clocks (NTP)");
  }

  RedisSession& redis_;
  std::string where_;
  std::string queue_;
  Findings& findings_;
  Info info_;
};

}  // namespace

Status check_redis(RedisSession& redis, const std::string& where, const std::string& queue,
                   Findings& findings) {
  return RedisCheck(redis, where, queue, findings).run();
}

}  // namespace sqlbus::doctor
