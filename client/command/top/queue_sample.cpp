#include "client/command/top/queue_sample.hpp"

#include <map>
#include <string_view>
#include <utility>

#include "client/command/status_json.hpp"
#include "client/command/status_text.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

using namespace status_json;  // NOLINT(google-build-using-namespace)

// A little later than a renewal the daemon's words are still those of that renewal.
constexpr double kSlackSeconds = 1;

void read_daemon(QueueSample& sample, const Json& json) {
  const auto now = to_epoch_seconds(sample.redis.now);
  sample.version = text_of(json, "version");
  sample.host = text_of(json, "host");
  sample.pid = number_of(json, "pid");
  sample.up_s = now - number_of(json, "started");
  sample.state = text_of(json, "state");
  sample.detail = text_of(json, "detail");
  sample.is_healthy = flag_of(json, "healthy");
  sample.is_ready = flag_of(json, "ready");
  sample.heard_ago_s = number_of(json, "lease_s") - sample.redis.owner->lease_left_s;
  sample.known_at = number_of(json, "at");
  const auto renewed_at = now - sample.heard_ago_s;
  if (renewed_at > sample.known_at + kSlackSeconds) sample.known_at = renewed_at;
  const auto last_error = json.FindMember("last_error");
  if (last_error == json.MemberEnd() || !last_error->value.IsObject()) return;
  sample.last_error = text_of(last_error->value, "message");
  sample.last_error_at = number_of(last_error->value, "at");
}

void read_queue(QueueSample& sample, const Json& json) {
  for_each_in(json, "queues", [&](const Json& each) {
    if (text_of(each, "queue") != printable(sample.redis.queue)) return;
    sample.blocked = text_of(each, "blocked");
    sample.in_flight = number_of(each, "in_flight");
    sample.claimed = number_of(each, "claimed");
    for (const auto* end : {"ok", "duplicates", "failed", "dead"}) {
      sample.settled += number_of(each, end);
    }
  });
}

// What is no JSON pauses as well: it is the field that counts.
Pause read_pause(std::string_view field, const std::string& value) {
  Pause pause{.database = printable(keys::paused_database(field)), .by = {}, .reason = {}};
  rapidjson::Document json;
  json.Parse(value.data(), value.size());
  if (json.HasParseError() || !json.IsObject()) return pause;
  pause.by = text_of(json, "BY");
  pause.reason = text_of(json, "REASON");
  pause.since = number_of(json, "SINCE");
  return pause;
}

DatabaseSample read_database(const Json& json) {
  return {.name = text_of(json, "database"),
          .driver = text_of(json, "driver"),
          .reason = text_of(json, "reason"),
          .lanes = lanes_text(json),
          .is_default = flag_of(json, "default"),
          .is_up = flag_of(json, "up"),
          .done = number_of(json, "ok") + number_of(json, "duplicate"),
          .failed = number_of(json, "failed"),
          .retries = number_of(json, "retries"),
          .connects = number_of(json, "connects"),
          .latency = read_latency(json)};
}

}  // namespace

QueueSample to_sample(QueueStatus status) {
  QueueSample sample{.redis = std::move(status)};
  sample.known_at = to_epoch_seconds(sample.redis.now);
  for (const auto& [field, value] : sample.redis.control) {
    if (field != keys::kQueuePaused && keys::paused_database(field).empty()) continue;
    sample.pauses.push_back(read_pause(field, value));
  }
  if (!sample.redis.owner) return sample;
  sample.instance = sample.redis.owner->instance;
  rapidjson::Document json;
  json.Parse(sample.redis.owner->status.data(), sample.redis.owner->status.size());
  if (json.HasParseError() || !json.IsObject()) return sample;
  sample.has_words = true;
  read_daemon(sample, json);
  read_queue(sample, json);
  for_each_in(json, "databases",
              [&](const Json& each) { sample.databases.push_back(read_database(each)); });
  return sample;
}

std::vector<DeadCause> causes_of(const std::vector<Letter>& letters) {
  std::vector<DeadCause> causes;
  std::map<std::string, std::size_t> places;
  for (const auto& letter : letters) {
    const auto [found, is_new] = places.try_emplace(cause_of(letter), causes.size());
    if (is_new) {
      causes.push_back({.count = 0,
                        .last = letter.dead.failed_at,
                        .error = error_name(letter.dead.error),
                        .sqlstate = printable(letter.dead.sqlstate),
                        .database = printable(letter.database),
                        .message = printable(letter.dead.message)});
    }
    ++causes[found->second].count;
  }
  return causes;
}

}  // namespace sqlbus
