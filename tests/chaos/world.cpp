#include "tests/chaos/world.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "tests/support/text_file.hpp"

namespace sqlbus::chaos {
namespace {

// Small batches and groups, so that a kill meets many of them in every state; short waits, so that
// a run spends its time on harm.
constexpr std::string_view kLimits =
    "lease = 1s\nclaim_max = 40\ngroup_max = 16\nretry_base = 20ms\nretry_cap = 200ms\n"
    "drain_timeout = 2s\n";
constexpr std::chrono::seconds kEndLimit{20};
constexpr int kLanesMost = 3;
constexpr std::string_view kRedisLines = "connect_timeout = 1s\noperate_timeout = 1s\n";

std::string in_braces(std::string_view rest) {
  return "{" + std::string(kQueue) + "}:" + std::string(rest);
}

}  // namespace

World::World(Store store) : redis_({.arguments = {"--appendfsync", "always"}}) {
  if (store == Store::kPostgres) {
    database_ = open_postgres(postgres_.emplace());
  } else if (store == Store::kMariaDb) {
    database_ = open_mariadb(mariadb_.emplace());
  } else {
    database_ = open_sqlite(sqlite_file());
  }
  database_->make_tables();
  for (Daemon& daemon : daemons_) {
    daemon.bus.emplace(config(daemon.lanes));
    if (!daemon.bus->wait_ready()) {
      throw std::runtime_error("sqlbusd does not start:\n" + daemon.bus->log());
    }
  }
}

std::string World::database_section() const {
  if (postgres_) return postgres_->section();
  return mariadb_ ? mariadb_->section() : test::sqlite_section(sqlite_file());
}

std::string World::config(int lanes) const {
  return test::bus_config({.redis_socket = redis_.socket(),
                           .redis_lines = std::string(kRedisLines),
                           .queue = std::string(kQueue),
                           .database = database_section() + "connect_timeout = 1s\nlanes = " +
                                       std::to_string(lanes) + "\n",
                           .limits = std::string(kLimits) +
                                     "deliveries_max = " + std::to_string(kDeliveriesMax) + "\n"});
}

template <typename Act>
void World::with_server(Act act) {
  if (postgres_) act(*postgres_);
  if (mariadb_) act(*mariadb_);
}

void World::kill_server() {
  with_server([](auto& server) { server.kill9(); });
}

void World::start_server() {
  with_server([](auto& server) { server.start(); });
}

void World::pause_server() {
  with_server([](auto& server) { server.pause(); });
}

void World::resume_server() {
  with_server([](auto& server) { server.resume(); });
}

std::size_t World::owner() {
  const auto id = redis_.command({"GET", in_braces("owner")}).text;
  const auto pid = redis_.command({"HGET", in_braces("instance:" + id), "pid"}).text;
  for (std::size_t i = 0; i < kDaemons; ++i) {
    if (std::to_string(daemons_[i].bus->pid()) == pid) return i;
  }
  return 0;
}

void World::kill_daemon(std::size_t index) {
  Daemon& daemon = daemons_[index];
  if (!daemon.bus->process().is_running()) return;
  daemon.bus->kill9();
  daemon.is_killed = true;
}

void World::end_daemon(std::size_t index) {
  daemons_[index].bus->process().kill(SIGTERM);
  daemons_[index].is_killed = true;
}

bool World::has_ended(std::size_t index) {
  return daemons_[index].bus->process().wait(kEndLimit).has_value();
}

void World::start_daemon(std::size_t index) {
  Daemon& daemon = daemons_[index];
  if (daemon.bus->process().is_running()) return;
  daemon.old_log += daemon.bus->log();
  daemon.bus->restart();
  daemon.is_killed = false;
}

void World::reload_daemon(std::size_t index) {
  Daemon& daemon = daemons_[index];
  const bool is_ready = daemon.bus->log().find("ready") != std::string::npos;
  if (!is_ready || !daemon.bus->process().is_running()) return;
  daemon.lanes = daemon.lanes % kLanesMost + 1;
  test::write_text_file(daemon.bus->config_file(), config(daemon.lanes));
  signal_daemon(index, SIGHUP);
}

void World::signal_daemon(std::size_t index, int signal) {
  daemons_[index].bus->process().kill(signal);
}

std::vector<std::string> World::deaths() {
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < kDaemons; ++i) {
    const auto status = daemons_[i].bus->process().wait(std::chrono::milliseconds{0});
    if (!status || daemons_[i].is_killed) continue;
    sentences.push_back("daemon " + std::to_string(i) + " ended by itself: exit " +
                        std::to_string(status->code) + ", signal " +
                        std::to_string(status->signal));
  }
  return sentences;
}

std::string World::log(std::size_t index) const {
  return daemons_[index].old_log + daemons_[index].bus->log();
}

int World::losses_most() {
  int most = 0;
  for (const std::string& count : redis_.command({"HVALS", in_braces("deliveries")}).texts()) {
    most = std::max(most, std::stoi(count));
  }
  return most;
}

std::vector<std::string> World::leftovers() {
  std::vector<std::string> found;
  const auto add = [&](const std::vector<std::string>& keys) {
    found.insert(found.end(), keys.begin(), keys.end());
  };
  add(redis_.command({"KEYS", kQueue}).texts());
  for (const std::string_view rest : {"inflight:*", "waiting:*", "delayed", "replay"}) {
    add(redis_.command({"KEYS", in_braces(rest)}).texts());
  }
  return found;
}

}  // namespace sqlbus::chaos
