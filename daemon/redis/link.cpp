#include "daemon/redis/link.hpp"

#include <cstdlib>
#include <utility>

#include "daemon/config/secrets.hpp"

namespace sqlbus {
namespace {

// The value of "name:value" in INFO's answer.
std::string_view info_field(std::string_view info, std::string_view name) {
  for (std::size_t at = info.find(name); at != std::string_view::npos;
       at = info.find(name, at + 1)) {
    const auto value = at + name.size();
    if ((at != 0 && info[at - 1] != '\n') || value >= info.size() || info[value] != ':') continue;
    return info.substr(value + 1, info.find_first_of("\r\n", value) - value - 1);
  }
  return {};
}

RedisCommandKind kind_of(Script script) {
  switch (script) {
    case Script::kClaim:
      return RedisCommandKind::kClaim;
    case Script::kSettle:
      return RedisCommandKind::kSettle;
    case Script::kRenew:
      return RedisCommandKind::kRenew;
    default:
      return RedisCommandKind::kOther;
  }
}

bool is_too_old(const RedisServerInfo& server) {
  return server.version_major < 6 || (server.version_major == 6 && server.version_minor < 2);
}

}  // namespace

RedisLink::RedisLink(EventLoop& loop, const Settings& settings, Log& log, std::string name,
                     Purpose purpose, Events events)
    : loop_(loop),
      settings_(settings),
      log_(log),
      name_(std::move(name)),
      purpose_(purpose),
      events_(std::move(events)),
      retry_(loop, [this] { open(); }) {}

void RedisLink::open() {
  if (connection_) return;
  connection_ = std::make_unique<RedisConnection>(
      loop_,
      RedisConnection::Timeouts{settings_.redis.connect_timeout, settings_.redis.operate_timeout},
      metrics_,
      RedisConnection::Events{.on_open = [this] { identify(); },
                              .on_lost = [this](std::string reason) { lose(std::move(reason)); }});
  connection_->connect(
      RedisAddress{settings_.redis.unix_socket, settings_.redis.host, settings_.redis.port},
      attempts_++);
}

void RedisLink::close() {
  retry_.stop();
  connection_.reset();
  if (std::exchange(is_up_, false)) changed_at_ = running_time();
}

void RedisLink::restart(std::string reason) {
  if (connection_) lose(std::move(reason));
}

// A server that has become silent may still take connections, and even say who it is.
std::optional<std::chrono::nanoseconds> RedisLink::silent_since() const {
  const auto awaited = connection_ ? connection_->awaited() : std::nullopt;
  if (is_up_ && !awaited) return std::nullopt;
  const bool has_heard = is_up_ && connection_->answers() > answers_before_up_;
  if (silent_since_ && !has_heard) return silent_since_;
  return awaited ? std::optional(awaited->since) : std::nullopt;
}

RedisContact RedisLink::contact() const {
  const auto awaited = connection_ ? connection_->awaited() : std::nullopt;
  return {.is_up = is_up_,
          .since = changed_at_,
          .reason = is_up_ ? "" : logged_reason_,
          .silent_since = silent_since(),
          .block = awaited ? awaited->block : milliseconds(0)};
}

void RedisLink::send(const Command& command, RedisConnection::Handler handler, milliseconds block,
                     RedisCommandKind kind) {
  connection_->send(command, std::move(handler), block, kind);
}

void RedisLink::send_with_next(const Command& command, RedisConnection::Handler handler) {
  connection_->send_with_next(command, std::move(handler));
}

void RedisLink::run(Script script, const Command& keys, const Command& arguments,
                    RedisConnection::Handler handler) {
  const auto key_count = std::to_string(keys.size());
  Command command{"EVALSHA", digests_[static_cast<std::size_t>(script)], key_count};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  send(
      command,
      [this, handler = std::move(handler)](Reply reply) {
        if (reply.view().is_error() && reply.view().text().starts_with("NOSCRIPT")) {
          return restart("scripts are gone");
        }
        handler(std::move(reply));
      },
      {}, kind_of(script));
}

// AUTH, SELECT and the rest go out together; the first refusal ends the connection.
void RedisLink::identify() {
  if (!settings_.redis.password.empty()) {
    if (settings_.redis.username.empty()) {
      expect({"AUTH", settings_.redis.password}, "AUTH");
    } else {
      expect({"AUTH", settings_.redis.username, settings_.redis.password}, "AUTH");
    }
  }
  if (settings_.redis.database != 0) {
    expect({"SELECT", std::to_string(settings_.redis.database)}, "SELECT");
  }
  send({"CLIENT", "SETNAME", name_}, [](Reply) {});
  send({"CLIENT", "ID"}, [this](Reply reply) { client_id_ = reply.view().integer(); });
  send({"INFO"}, [this](Reply reply) {
    if (reply.view().is_error()) return restart("INFO: " + std::string(reply.view().text()));
    take_server_info(reply.view().text());
    if (is_too_old(server_)) return restart("Redis " + server_.version + " is older than 6.2");
    if (purpose_ == Purpose::kScripts) return load_scripts();
    come_up();
  });
}

void RedisLink::expect(const Command& command, std::string_view what) {
  // A server that does not know the command repeats its arguments.
  Secrets secrets;
  secrets.add(settings_.redis.password);
  send(command, [this, what = std::string(what), secrets = std::move(secrets)](Reply reply) {
    if (!reply.view().is_error()) return;
    restart(what + ": " + secrets.masked(std::string(reply.view().text())));
  });
}

void RedisLink::take_server_info(std::string_view info) {
  server_.version = info_field(info, "redis_version");
  server_.run_id = info_field(info, "run_id");
  char* end = nullptr;
  server_.version_major = static_cast<int>(std::strtol(server_.version.c_str(), &end, 10));
  server_.version_minor = *end == '.' ? static_cast<int>(std::strtol(end + 1, nullptr, 10)) : 0;
  server_.maxmemory_policy = info_field(info, "maxmemory_policy");
  server_.has_aof = info_field(info, "aof_enabled") == "1";
  server_.is_replica = info_field(info, "role") == "slave";
}

void RedisLink::load_scripts() {
  for (std::size_t i = 0; i < kScriptCount; ++i) {
    const auto text = script_text(static_cast<Script>(i), server_.version_major >= 7);
    send({"SCRIPT", "LOAD", text}, [this, i](Reply reply) {
      if (!reply.view().is_text()) {
        return restart("SCRIPT LOAD: " + std::string(reply.view().text()));
      }
      digests_[i] = reply.view().text();
      if (i + 1 == kScriptCount) come_up();
    });
  }
}

void RedisLink::come_up() {
  is_up_ = true;
  changed_at_ = running_time();
  answers_before_up_ = connection_->answers();
  metrics_.connects.add();
  logged_reason_.clear();
  attempts_ = 0;
  backoff_.reset();
  log_.info("redis connected", {{"link", name_}, {"version", server_.version}});
  events_.on_up();
}

void RedisLink::lose(std::string reason) {
  silent_since_ = connection_->was_silent() ? silent_since() : std::nullopt;
  metrics_.losses.add();
  close();
  if (std::exchange(logged_reason_, reason) != reason) {
    const auto address =
        RedisAddress{settings_.redis.unix_socket, settings_.redis.host, settings_.redis.port};
    log_.error("redis not reachable, trying again",
               {{"link", name_}, {"address", address.text()}, {"reason", reason}});
  }
  retry_.start(backoff_.next(settings_.limits.retry_base, settings_.limits.retry_cap));
  events_.on_down();
}

}  // namespace sqlbus
