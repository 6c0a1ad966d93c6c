#include "client/command/reload.hpp"

#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/queue_owner.hpp"
#include "client/redis_session.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/config/settings_text.hpp"

namespace sqlbus {
namespace {

using Facts = std::map<std::string, std::string>;
using std::chrono::milliseconds;

constexpr milliseconds kLookPeriod{50};

std::string host_name() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::string value_of(const Facts& facts, const std::string& name) {
  const auto found = facts.find(name);
  return found == facts.end() ? "" : found->second;
}

// One line for each setting that differs; secrets, and what cannot be known here, are compared by
// the daemon alone.
std::string difference(const Facts& running, const Settings& wanted) {
  const auto shown = show_settings(wanted);
  std::set<std::string> names;
  for (const auto& [name, value] : running) names.insert(name);
  for (const auto& [name, setting] : shown) names.insert(name);
  for (const auto& open : wanted.open_values) names.erase("[" + open.section + "] " + open.key);
  std::string lines;
  for (const auto& name : names) {
    const auto now = running.find(name);
    const auto then = shown.find(name);
    if (now != running.end() && then != shown.end() && now->second == then->second.value) continue;
    lines += "  " + name + ": " + (now == running.end() ? "(none)" : now->second) + " -> " +
             (then == shown.end() ? "(none)" : then->second.value);
    if (then != shown.end() && !then->second.fixed_because.empty()) {
      lines += " (takes a restart: " + std::string(then->second.fixed_because) + ")";
    }
    lines += "\n";
  }
  return lines;
}

// The daemon that owns a queue of the file, and can be told from here.
Result<pid_t> daemon_of(const Facts& facts, const Settings& wanted) {
  if (facts.empty()) return Error{"no daemon owns a queue of this file"};
  if (const auto host = value_of(facts, "host"); host != host_name()) {
    return Error{"the daemon runs on " + host + ": reload it there"};
  }
  const auto file = value_of(facts, "file");
  std::error_code unknown;
  if (!std::filesystem::equivalent(file, wanted.file, unknown)) {
    return Error{"the daemon has another file: " + file};
  }
  const auto pid = static_cast<pid_t>(std::strtol(value_of(facts, "pid").c_str(), nullptr, 10));
  if (pid <= 1 || kill(pid, 0) != 0) {
    return Error{"process " + std::to_string(pid) + ": " + std::strerror(pid <= 1 ? ESRCH : errno)};
  }
  return pid;
}

// By the same clock as ours: the daemon is on this machine.
std::chrono::nanoseconds reloaded_at(const Facts& facts) {
  return std::chrono::nanoseconds(
      std::strtoll(value_of(facts, "reloaded_at").c_str(), nullptr, 10));
}

// "3 taken" and its lines.
ExitCode tell_verdict(const std::string& verdict) {
  const auto head = verdict.substr(0, verdict.find('\n'));
  const bool is_taken = head.ends_with(" taken");
  std::cout << (is_taken ? "the daemon has taken it over\n"
                         : "the daemon has refused it, and goes on with what it had\n");
  const auto lines = verdict.substr(std::min(head.size() + 1, verdict.size()));
  std::cout << (lines.empty() && is_taken ? "nothing has changed\n" : lines);
  return is_taken ? ExitCode::kOk : ExitCode::kRefused;
}

// Of the daemon that has this file: the owner of one of the queues, of which others may be new.
Result<Facts> facts_of(RedisSession& redis, const Settings& settings) {
  Facts last;
  for (const auto& queue : settings.redis.queues) {
    auto facts = owner_facts(redis, queue);
    if (!facts) return facts;
    std::error_code unknown;
    if (std::filesystem::equivalent(value_of(*facts, "file"), settings.file, unknown)) return facts;
    if (!facts->empty()) last = *std::move(facts);
  }
  return last;
}

ExitCode reload(RedisSession& redis, const Settings& wanted, const CommandOptions& options) {
  auto facts = facts_of(redis, wanted);
  if (!facts) return complain(facts.error(), ExitCode::kUnreachable);
  const auto pid = daemon_of(*facts, wanted);
  if (!pid) return complain(pid.error(), ExitCode::kRefused);
  const auto lines = difference(parse_settings_text(value_of(*facts, "settings")), wanted);
  for (const auto& open : wanted.open_values) {
    std::cout << open.fault << "\n  left to the daemon, where it may be known\n";
  }
  std::cout << wanted.file << ": no faults\n"
            << (lines.empty() ? "no difference, but perhaps in passwords\n" : lines) << std::flush;
  if (options.reload.dry_run) return ExitCode::kOk;
  const auto asked = boot_time();
  if (kill(*pid, SIGHUP) != 0) {
    return complain("process " + std::to_string(*pid) + ": " + std::strerror(errno),
                    ExitCode::kRefused);
  }
  const auto until = std::chrono::steady_clock::now() + options.timeout;
  while (std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kLookPeriod);
    facts = facts_of(redis, wanted);
    if (!facts) return complain(facts.error(), ExitCode::kUnreachable);
    // Its lease may have passed to another one meanwhile, which has been told nothing.
    if (value_of(*facts, "pid") != std::to_string(*pid)) continue;
    // An earlier reload's verdict may come only now, and says nothing of this file.
    if (reloaded_at(*facts) >= asked) return tell_verdict(value_of(*facts, "reload"));
  }
  return complain("the daemon has not answered: see its log", ExitCode::kTimeout);
}

}  // namespace

ExitCode run_reload(const CommandOptions& options) {
  const auto wanted = load_bus_settings(options.config_file);
  if (!wanted) {
    complain(wanted.error(), ExitCode::kUsage);
    std::cerr << "sqlbus: the daemon is not told, and goes on with what it has\n";
    return ExitCode::kUsage;
  }
  const auto address = find_bus(options);
  if (!address) return complain(address.error(), ExitCode::kUsage);
  auto redis = RedisSession::connect(address->redis, address->connect_timeout);
  if (!redis) return complain(redis.error(), ExitCode::kUnreachable);
  return reload(*redis, *wanted, options);
}

}  // namespace sqlbus
