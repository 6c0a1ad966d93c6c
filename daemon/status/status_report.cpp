#include "daemon/status/status_report.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include "daemon/status/lane_state.hpp"
#include "protocol/error_id.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {
namespace {

using End = Settlement::Counters::End;
using std::chrono::nanoseconds;

constexpr auto kObject = JsonContainer::kObject;
constexpr auto kArray = JsonContainer::kArray;

void write_number(JsonWriter& json, std::string_view name, std::uint64_t value) {
  json.name(name).integer(static_cast<std::int64_t>(value));
}

Activity activity_of(const QueueIntake& queue) {
  return queue.is_owner() ? queue.claimer().activity() : Activity{};
}

// What changes by the time alone.
void write_times(JsonWriter& json, const StatusSources& sources, const Health& health) {
  json.name("at").moment(sources.clock.now());
  json.name("state_since_s").number(seconds_since(health.since));
  json.name("detail").string(health.detail);
  json.name("activity").open(kArray);
  for (const auto place : sources.intake.present()) {
    const auto& queue = sources.intake.queues()[place];
    const auto activity = activity_of(*queue);
    json.open(kObject).name("queue").string(queue->queue());
    json.name("doing").string(to_string(activity.doing));
    if (activity.since.count() > 0) json.name("since_s").number(seconds_since(activity.since));
    json.close(kObject);
  }
  json.close(kArray);
}

void write_daemon(JsonWriter& json, const StatusSources& sources, const Health& health) {
  json.name("instance").string(sources.instance.id);
  json.name("host").string(sources.instance.host);
  json.name("pid").integer(::getpid());
  json.name("version").string(sources.instance.version);
  json.name("started").raw(sources.instance.started);
  json.name("lease_s").number(static_cast<double>(sources.settings.limits.lease.count()) / 1000.0);
  json.name("state").string(to_string(health.state));
  json.name("healthy").boolean(health.is_well());
  const auto readiness = sources.readiness();
  json.name("ready").boolean(readiness.is_ready);
  json.name("away").open(kArray);
  for (const auto& each : readiness.away) json.string(each);
  json.close(kArray);
}

void write_redis(JsonWriter& json, const StatusSources& sources) {
  const auto contact = sources.control.contact();
  const auto& metrics = sources.control.metrics();
  json.name("redis").open(kObject);
  json.name("up").boolean(contact.is_up);
  json.name("reason").string(contact.reason);
  json.name("version").string(sources.control.server().version);
  write_number(json, "connects", metrics.connects.value());
  write_number(json, "losses", metrics.losses.value());
  json.close(kObject);
}

void write_numbers(JsonWriter& json, const StatusSources& sources, const QueueNumbers& numbers) {
  json.name("depth").integer(numbers.depth);
  json.name("delayed").integer(numbers.delayed);
  json.name("dead_letters").integer(numbers.dead);
  json.name("replays").integer(numbers.replays);
  json.name("waiting").open(kObject);
  for (std::size_t i = 0; i < numbers.waiting.size(); ++i) {
    if (numbers.waiting[i] == 0) continue;
    json.name(sources.settings.databases[i].name).integer(numbers.waiting[i]);
  }
  json.close(kObject);
  if (!numbers.oldest_at) return;
  const auto age = std::chrono::duration<double>(sources.clock.now() - *numbers.oldest_at);
  json.name("oldest_age_s").number(std::max(0.0, age.count()));
}

void write_queue(JsonWriter& json, const StatusSources& sources, std::size_t place,
                 const QueueSurvey* survey) {
  const auto& queue = *sources.intake.queues()[place];
  const auto& ends = sources.settlement.counters(place);
  json.open(kObject);
  json.name("queue").string(queue.queue());
  json.name("owned").boolean(queue.is_owner());
  json.name("blocked").string(queue.is_owner() ? queue.claimer().pause_reason() : "");
  write_number(json, "in_flight", sources.intake.inflight_of(place));
  write_number(json, "claimed", queue.counters().requests);
  write_number(json, "ok", ends.ended_as(End::kOk));
  write_number(json, "duplicates", ends.ended_as(End::kDuplicate));
  write_number(json, "failed", ends.ended_as(End::kFailed) + queue.counters().unavailable);
  write_number(json, "dead", ends.ended_as(End::kDead));
  write_number(json, "expired", ends.ended_with(ErrorId::kExpired));
  if (survey != nullptr && place < survey->numbers().size()) {
    write_numbers(json, sources, survey->numbers()[place]);
  }
  json.close(kObject);
}

void write_database(JsonWriter& json, const StatusSources& sources, std::size_t place,
                    Latencies& latencies) {
  const auto& settings = sources.settings.databases[place];
  const auto& counts = *sources.databases[place];
  const auto lanes = sources.router.lanes_of(place);
  std::string reason;
  for (const auto& lane : lanes) {
    if (reason.empty()) reason = lane.fault;
  }
  json.open(kObject);
  json.name("database").string(settings.name);
  json.name("driver").string(settings.driver);
  json.name("default").boolean(settings.name == sources.settings.default_database);
  json.name("up").boolean(sources.router.is_up(place));
  json.name("reason").string(reason);
  for (std::size_t end = 0; end < DatabaseCounts::kEnds.size(); ++end) {
    write_number(json, DatabaseCounts::kEnds[end], counts.ended[end]);
  }
  write_number(json, "groups", counts.lanes.totals(&LaneMetrics::group_size).count());
  write_number(json, "retries", counts.lanes.sum(&LaneMetrics::retries));
  write_number(json, "connects", counts.lanes.sum(&LaneMetrics::connects));
  write_number(json, "losses", counts.lanes.sum(&LaneMetrics::losses));
  latencies.write(json, counts.lanes, running_time());
  json.name("lanes").open(kArray);
  for (const auto& lane : lanes) {
    json.open(kObject).name("lane").string(lane.name);
    json.name("state").string(state_of(lane));
    write_number(json, "requests", lane.requests);
    json.close(kObject);
  }
  json.close(kArray).close(kObject);
}

void write_last_error(JsonWriter& json, const Log& log) {
  json.name("last_error");
  const auto last = log.last_error();
  if (last.message.empty()) {
    json.null();
    return;
  }
  json.open(kObject);
  json.name("at").moment(std::chrono::time_point_cast<std::chrono::microseconds>(last.at));
  json.name("message").string(last.message);
  json.close(kObject);
}

std::uint64_t settled_of(const StatusSources& sources) {
  std::uint64_t settled = 0;
  for (std::size_t i = 0; i < sources.intake.queues().size(); ++i) {
    settled += sources.settlement.counters(i).all_ended();
  }
  return settled;
}

std::string one_decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

}  // namespace

StatusReport::Text StatusReport::write(const StatusSources& sources, const QueueSurvey* survey) {
  Text text;
  JsonWriter json(text.json);
  const auto health = sources.health();
  json.open(kObject);
  write_times(json, sources, health);
  text.lasting_at = text.json.size();
  write_daemon(json, sources, health);
  write_redis(json, sources);

  std::uint64_t claimed = 0;
  const auto& queues = sources.intake.queues();
  for (const auto& queue : queues) claimed += queue->counters().requests;
  const auto now = running_time();
  json.name("claimed_per_s").number(claimed_.per_second(claimed, now));
  json.name("settled_per_s").number(settled_.per_second(settled_of(sources), now));
  write_number(json, "in_flight", sources.intake.inflight());
  write_number(json, "in_flight_bytes", sources.intake.inflight_bytes());

  json.name("queues").open(kArray);
  for (const auto i : sources.intake.present()) write_queue(json, sources, i, survey);
  json.close(kArray).name("databases").open(kArray);
  latencies_.resize(std::max(latencies_.size(), sources.settings.databases.size()));
  for (std::size_t i = 0; i < sources.settings.databases.size(); ++i) {
    if (sources.settings.databases[i].is_removed) continue;
    write_database(json, sources, i, latencies_[i]);
  }
  json.close(kArray);
  if (survey != nullptr && survey->told_at()) {
    json.name("numbers_age_s").number(seconds_since(*survey->told_at()));
  }
  json.name("reloads").open(kObject);
  write_number(json, "ok", sources.reloads.taken);
  write_number(json, "refused", sources.reloads.refused);
  json.close(kObject);
  write_last_error(json, sources.log);
  json.close(kObject);
  return text;
}

StatusNote StatusReport::note(const StatusSources& sources) {
  auto text = write(sources, nullptr);
  auto lasting = text.json.substr(text.lasting_at);
  if (lasting != lasting_) {
    lasting_ = std::move(lasting);
    ++mark_;
  }
  return {std::move(text.json), mark_};
}

std::string StatusReport::summary(const StatusSources& sources, const QueueSurvey& survey) {
  const auto health = sources.health();
  std::string text(to_string(health.state));
  if (!health.detail.empty()) text += " (" + health.detail + ")";
  text += ": " + one_decimal(summed_up_.per_second(settled_of(sources), running_time())) +
          " requests/s";
  std::int64_t depth = 0;
  std::int64_t dead = 0;
  for (const auto& numbers : survey.numbers()) {
    depth += numbers.depth;
    dead += numbers.dead;
  }
  if (health.state == Health::State::kIdle) depth = 0;
  text += ", in the queue " + std::to_string(depth);
  if (dead > 0) text += ", dead letters " + std::to_string(dead);
  const auto readiness = sources.readiness();
  for (const auto& each : readiness.away) text += ", not reachable: " + each;
  return text;
}

std::string StatusReport::page(const StatusSources& sources, const QueueSurvey& survey) {
  return write(sources, &survey).json;
}

}  // namespace sqlbus
