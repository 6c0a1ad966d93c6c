#include "daemon/status/metrics_page.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

#include "daemon/metrics/exposition.hpp"
#include "daemon/status/lane_state.hpp"
#include "daemon/status/process_numbers.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {
namespace {

constexpr std::array<std::string_view, 4> kEnds = {"ok", "duplicate", "failed", "dead"};

using End = Settlement::Counters::End;

class Page {
 public:
  Page(std::string& text, const StatusSources& sources, const QueueSurvey& survey)
      : page_(text), sources_(sources), survey_(survey) {}

  void write() {
    write_daemon();
    write_lists();
    write_claims();
    write_ends();
    write_databases();
    write_lanes();
    write_times();
    write_redis();
    write_process();
  }

 private:
  const std::string& queue_name(std::size_t queue) const {
    return sources_.intake.queues()[queue]->queue();
  }

  // The queues of which Redis has told something.
  std::vector<std::size_t> surveyed() const {
    auto places = sources_.intake.present();
    std::erase_if(places, [this](std::size_t place) { return place >= survey_.numbers().size(); });
    return places;
  }

  // One sample for each queue.
  template <typename Value>
  void by_queue(Metric metric, Value value) {
    page_.family(metric);
    for (const auto i : sources_.intake.present()) {
      page_.sample({{"queue", queue_name(i)}}, value(i));
    }
  }
  // One sample for each database that is configured.
  template <typename Write>
  void by_database(Metric metric, Write write) {
    page_.family(metric);
    const auto& databases = sources_.settings.databases;
    for (std::size_t i = 0; i < databases.size(); ++i) {
      if (!databases[i].is_removed) write(databases[i].name, i);
    }
  }
  // One sample for each connection to Redis.
  template <typename Value>
  void by_link(Metric metric, Value value) {
    page_.family(metric);
    page_.sample({{"link", "control"}}, value(sources_.control));
    for (const auto place : sources_.intake.present()) {
      const auto& queue = *sources_.intake.queues()[place];
      page_.sample({{"link", "pop:" + queue.queue()}}, value(queue.blocking()));
    }
  }

  void write_daemon() {
    page_.family(Metric::kBuildInfo);
    page_.sample({{"version", sources_.instance.version}}, true);
    const auto health = sources_.health();
    page_.lone(Metric::kHealthy, health.is_well());
    page_.lone(Metric::kReady, sources_.readiness().is_ready);
    page_.family(Metric::kHealthState);
    for (std::size_t i = 0; i < kHealthStates; ++i) {
      const auto state = static_cast<Health::State>(i);
      page_.sample({{"state", to_string(state)}}, state == health.state);
    }
    page_.family(Metric::kReloads);
    page_.sample({{"result", "ok"}}, sources_.reloads.taken);
    page_.sample({{"result", "refused"}}, sources_.reloads.refused);
    page_.family(Metric::kLoopLag);
    HistogramTotals lag;
    sources_.loop_lag.times().add_to(lag);
    page_.histogram({}, lag, TimeHistogram::bounds(), kMicroseconds);
  }

  // Before Redis has said anything there are no samples: nothing is not zero.
  void write_lists() {
    const auto& numbers = survey_.numbers();
    const auto write = [&](Metric metric, std::int64_t QueueNumbers::*number) {
      page_.family(metric);
      for (const auto i : surveyed()) {
        page_.sample({{"queue", queue_name(i)}}, static_cast<std::uint64_t>(numbers[i].*number));
      }
    };
    write(Metric::kQueueDepth, &QueueNumbers::depth);
    page_.family(Metric::kQueueOldestAge);
    for (const auto i : surveyed()) {
      page_.sample({{"queue", queue_name(i)}}, age_of(numbers[i]));
    }
    write(Metric::kQueueDelayed, &QueueNumbers::delayed);
    write(Metric::kQueueDead, &QueueNumbers::dead);
    write(Metric::kQueueReplay, &QueueNumbers::replays);
    page_.family(Metric::kQueueWaiting);
    for (const auto i : surveyed()) {
      for (std::size_t d = 0; d < numbers[i].waiting.size(); ++d) {
        const auto& database = sources_.settings.databases[d];
        page_.sample({{"queue", queue_name(i)}, {"database", database.name}},
                     static_cast<std::uint64_t>(numbers[i].waiting[d]));
      }
    }
    page_.family(Metric::kSurveyAge);
    if (const auto told_at = survey_.told_at()) {
      page_.sample({}, std::chrono::duration<double>(running_time() - *told_at).count());
    }
  }

  double age_of(const QueueNumbers& numbers) const {
    if (!numbers.oldest_at) return 0;
    const auto age = sources_.clock.now() - *numbers.oldest_at;
    return std::max(0.0, std::chrono::duration<double>(age).count());
  }

  void write_claims() {
    const auto& intake = sources_.intake;
    const auto& queues = intake.queues();
    by_queue(Metric::kQueueOwned, [&](std::size_t i) { return queues[i]->is_owner(); });
    by_queue(Metric::kQueueClaimBlocked,
             [&](std::size_t i) { return !queues[i]->claimer().pause_reason().empty(); });
    by_queue(Metric::kInflight,
             [&](std::size_t i) -> std::uint64_t { return intake.inflight_of(i); });
    page_.lone(Metric::kInflightBytes, std::uint64_t{intake.inflight_bytes()});
    by_queue(Metric::kClaims, [&](std::size_t i) { return queues[i]->counters().claims; });
    by_queue(Metric::kClaimed, [&](std::size_t i) { return queues[i]->counters().requests; });
    by_queue(Metric::kClaimedBytes, [&](std::size_t i) { return queues[i]->counters().bytes; });
  }

  const Settlement::Counters& counters(std::size_t queue) const {
    return sources_.settlement.counters(queue);
  }

  void write_ends() {
    page_.family(Metric::kSettled);
    for (const auto i : sources_.intake.present()) write_ends_of(i);
    by_queue(Metric::kExpired,
             [&](std::size_t i) { return counters(i).ended_with(ErrorId::kExpired); });
    by_queue(Metric::kDuplicates,
             [&](std::size_t i) { return counters(i).ended_as(End::kDuplicate); });
    by_queue(Metric::kDeadLetters, [&](std::size_t i) { return counters(i).ended_as(End::kDead); });
    by_queue(Metric::kDelayed, [&](std::size_t i) { return counters(i).delayed; });
    page_.family(Metric::kDiverted);
    for (const auto i : sources_.intake.present()) {
      const auto& diverted = counters(i).diverted;
      for (std::size_t d = 0; d < diverted.size(); ++d) {
        page_.sample({{"queue", queue_name(i)}, {"database", sources_.settings.databases[d].name}},
                     diverted[d]);
      }
    }
    by_queue(Metric::kResponseBytes, [&](std::size_t i) { return counters(i).response_bytes; });
    by_queue(Metric::kResponsesDropped, [&](std::size_t i) { return counters(i).refused_replies; });
  }

  // What has never happened is left out, but for the usual.
  void write_ends_of(std::size_t queue) {
    const auto errors = error_table();
    for (std::size_t end = 0; end < kEnds.size(); ++end) {
      const auto& numbers = counters(queue).ended[end];
      for (std::size_t place = 0; place < errors.size(); ++place) {
        auto count = place < numbers.size() ? numbers[place] : 0;
        const bool is_unavailable = errors[place].id == ErrorId::kDatabaseUnavailable;
        if (kEnds[end] == "failed" && is_unavailable) {
          count += sources_.intake.queues()[queue]->counters().unavailable;
        }
        if (count == 0 && (end != 0 || place != 0)) continue;
        page_.sample({{"queue", queue_name(queue)},
                      {"outcome", kEnds[end]},
                      {"errorid", std::to_string(static_cast<int>(errors[place].id))}},
                     count);
      }
    }
  }

  void write_databases() {
    const auto& counts = sources_.databases;
    by_database(Metric::kDatabaseUp, [&](const std::string& name, std::size_t i) {
      page_.sample({{"database", name}}, sources_.router.is_up(i));
    });
    by_database(Metric::kDatabaseRequests, [&](const std::string& name, std::size_t i) {
      for (std::size_t end = 0; end < DatabaseCounts::kEnds.size(); ++end) {
        page_.sample({{"database", name}, {"outcome", DatabaseCounts::kEnds[end]}},
                     counts[i]->ended[end]);
      }
    });
    const auto write = [&](Metric metric, Counter LaneMetrics::*counter) {
      by_database(metric, [&](const std::string& name, std::size_t i) {
        page_.sample({{"database", name}}, counts[i]->lanes.sum(counter));
      });
    };
    write(Metric::kDatabaseConnects, &LaneMetrics::connects);
    write(Metric::kDatabaseLosses, &LaneMetrics::losses);
    write(Metric::kRetries, &LaneMetrics::retries);
    write(Metric::kUnprotected, &LaneMetrics::unprotected);
  }

  void write_lanes() {
    by_database(Metric::kLaneState, [&](const std::string& name, std::size_t i) {
      for (const auto& lane : sources_.router.lanes_of(i)) {
        for (const auto state : kLaneStates) {
          page_.sample({{"database", name}, {"lane", lane.name}, {"state", state}},
                       state == state_of(lane));
        }
      }
    });
    by_database(Metric::kLaneRequests, [&](const std::string& name, std::size_t i) {
      for (const auto& lane : sources_.router.lanes_of(i)) {
        page_.sample({{"database", name}, {"lane", lane.name}}, std::uint64_t{lane.requests});
      }
    });
  }

  void write_times() {
    const auto write = [&](Metric metric, auto LaneMetrics::*histogram, double unit) {
      by_database(metric, [&](const std::string& name, std::size_t i) {
        page_.histogram({{"database", name}}, sources_.databases[i]->lanes.totals(histogram),
                        (LaneMetrics().*histogram).bounds(), unit);
      });
    };
    write(Metric::kGroupSize, &LaneMetrics::group_size, 1);
    write(Metric::kQueued, &LaneMetrics::queued, kMicroseconds);
    write(Metric::kExecuted, &LaneMetrics::executed, kMicroseconds);
    write(Metric::kTotal, &LaneMetrics::total, kMicroseconds);
  }

  void write_redis() {
    by_link(Metric::kRedisUp, [](const RedisLink& link) { return link.is_up(); });
    const auto write = [&](Metric metric, Counter RedisMetrics::*counter) {
      by_link(metric, [&](const RedisLink& link) { return (link.metrics().*counter).value(); });
    };
    write(Metric::kRedisConnects, &RedisMetrics::connects);
    write(Metric::kRedisLosses, &RedisMetrics::losses);
    write(Metric::kRedisSentBytes, &RedisMetrics::sent_bytes);
    write(Metric::kRedisReceivedBytes, &RedisMetrics::received_bytes);
    page_.family(Metric::kRedisCommand);
    for (std::size_t i = 0; i < kRedisCommandKinds.size(); ++i) {
      HistogramTotals times;
      sources_.control.metrics().times[i].add_to(times);
      page_.histogram({{"command", kRedisCommandKinds[i]}}, times, TimeHistogram::bounds(),
                      kMicroseconds);
    }
  }

  void write_process() {
    const auto numbers = process_numbers();
    page_.lone(Metric::kProcessCpu, numbers.cpu_s);
    page_.lone(Metric::kProcessMemory, numbers.resident_bytes);
    page_.lone(Metric::kProcessStart, std::strtod(sources_.instance.started.c_str(), nullptr));
  }

  Exposition page_;
  const StatusSources& sources_;
  const QueueSurvey& survey_;
};

}  // namespace

std::string metrics_page(const StatusSources& sources, const QueueSurvey& survey) {
  std::string text;
  Page(text, sources, survey).write();
  return text;
}

}  // namespace sqlbus
