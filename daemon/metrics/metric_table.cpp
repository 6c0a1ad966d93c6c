#include "daemon/metrics/metric_table.hpp"

#include <array>
#include <cstddef>

namespace sqlbus {
namespace {

using enum MetricKind;
using M = Metric;

constexpr std::array<MetricRow, static_cast<std::size_t>(Metric::kCount)> kTable = {{
    {M::kBuildInfo, "sqlbus_build_info", kGauge, "version",
     "Always 1; the label says the version."},
    {M::kHealthy, "sqlbus_healthy", kGauge, "",
     "1 where /healthz says 200, 0 where the intake is stuck."},
    {M::kReady, "sqlbus_ready", kGauge, "",
     "1 where /readyz says 200: Redis and the default database are reachable."},
    {M::kHealthState, "sqlbus_state", kGauge, "state",
     "1 for the state the daemon is in, 0 for the others."},
    {M::kReloads, "sqlbus_reloads_total", kCounter, "result",
     "Configurations read again: ok, or refused."},
    {M::kLoopLag, "sqlbus_loop_lag_seconds", kHistogram, "",
     "How late a timer was, looked at each second: so long does what comes wait for the loop."},

    {M::kQueueDepth, "sqlbus_queue_depth", kGauge, "queue", "Requests in the queue, not claimed."},
    {M::kQueueOldestAge, "sqlbus_queue_oldest_age_seconds", kGauge, "queue",
     "Age, by its TIMESTAMP, of the request that is claimed next; 0 where the queue is empty."},
    {M::kQueueDelayed, "sqlbus_queue_delayed", kGauge, "queue",
     "Requests held back until their NOT_BEFORE."},
    {M::kQueueDead, "sqlbus_queue_dead_letters", kGauge, "queue", "Dead letters kept."},
    {M::kQueueReplay, "sqlbus_queue_replays", kGauge, "queue",
     "Requests sent again from the dead letters and not taken yet."},
    {M::kQueueWaiting, "sqlbus_queue_waiting", kGauge, "queue,database",
     "Requests that wait in Redis for a database that is away."},
    {M::kQueueOwned, "sqlbus_queue_owned", kGauge, "queue",
     "1 where this daemon owns the queue, 0 where it stands by."},
    {M::kQueueClaimBlocked, "sqlbus_queue_claiming_blocked", kGauge, "queue",
     "1 while nothing is claimed for a fault or for too many dead letters (dead_max)."},
    {M::kSurveyAge, "sqlbus_queue_numbers_age_seconds", kGauge, "",
     "How old what this page says of Redis' lists is: more than a moment where Redis is away."},

    {M::kInflight, "sqlbus_inflight_requests", kGauge, "queue",
     "Requests claimed and not settled."},
    {M::kInflightBytes, "sqlbus_inflight_bytes", kGauge, "", "Bytes of their envelopes."},
    {M::kClaims, "sqlbus_claims_total", kCounter, "queue", "Batches taken from Redis."},
    {M::kClaimed, "sqlbus_requests_claimed_total", kCounter, "queue", "Requests taken from Redis."},
    {M::kClaimedBytes, "sqlbus_claimed_bytes_total", kCounter, "queue",
     "Bytes of their envelopes."},
    {M::kSettled, "sqlbus_requests_settled_total", kCounter, "queue,outcome,errorid",
     "Requests that have ended. outcome: ok, duplicate (answered from the ledger), failed, dead "
     "(failed, and kept as a dead letter)."},
    {M::kExpired, "sqlbus_requests_expired_total", kCounter, "queue",
     "Requests whose DEADLINE passed before they began; among the settled ones too."},
    {M::kDuplicates, "sqlbus_requests_duplicate_total", kCounter, "queue",
     "Requests that had been applied before; among the settled ones too."},
    {M::kDeadLetters, "sqlbus_dead_letters_total", kCounter, "queue",
     "Dead letters written; their requests are among the settled ones too."},
    {M::kDelayed, "sqlbus_requests_delayed_total", kCounter, "queue",
     "Times that a request was sent to wait for its NOT_BEFORE."},
    {M::kDiverted, "sqlbus_requests_diverted_total", kCounter, "queue,database",
     "Times that a request was sent to wait in Redis for a database that is away."},
    {M::kResponseBytes, "sqlbus_response_bytes_total", kCounter, "queue", "Bytes of responses."},
    {M::kResponsesDropped, "sqlbus_responses_dropped_total", kCounter, "queue",
     "Responses whose RCHANNEL held something else."},

    {M::kDatabaseUp, "sqlbus_database_up", kGauge, "database",
     "1 where all its lanes are connected."},
    {M::kDatabaseRequests, "sqlbus_database_requests_total", kCounter, "database,outcome",
     "Requests that came back from the lanes: ok, duplicate, failed, diverted, untouched."},
    {M::kDatabaseConnects, "sqlbus_database_connects_total", kCounter, "database",
     "Connections made."},
    {M::kDatabaseLosses, "sqlbus_database_connection_losses_total", kCounter, "database",
     "Connections lost, and tries to connect that failed."},
    {M::kLaneState, "sqlbus_lane_state", kGauge, "database,lane,state",
     "1 for the state a lane is in: connecting, idle, busy or down."},
    {M::kLaneRequests, "sqlbus_lane_requests", kGauge, "database,lane",
     "Requests that a lane has before it, the ones at work among them."},
    {M::kGroupSize, "sqlbus_group_size_requests", kHistogram, "database",
     "Requests in one committed transaction."},
    {M::kQueued, "sqlbus_request_queued_seconds", kHistogram, "database",
     "From a request's TIMESTAMP to the beginning of its statement."},
    {M::kExecuted, "sqlbus_request_executed_seconds", kHistogram, "database",
     "Time in the database; of requests that share a round trip, that of the round trip."},
    {M::kTotal, "sqlbus_request_total_seconds", kHistogram, "database",
     "From a request's TIMESTAMP to its end in the database, its COMMIT included."},
    {M::kRetries, "sqlbus_retries_total", kCounter, "database",
     "Groups, or requests alone, that were undone for a passing cause and run again."},
    {M::kUnprotected, "sqlbus_unprotected_statements_total", kCounter, "database",
     "Statements that no transaction takes and that may be repeated by a crash."},

    {M::kRedisUp, "sqlbus_redis_up", kGauge, "link",
     "1 where a connection to Redis is up: control, and one to wait on for each queue."},
    {M::kRedisConnects, "sqlbus_redis_connects_total", kCounter, "link", "Connections made."},
    {M::kRedisLosses, "sqlbus_redis_connection_losses_total", kCounter, "link",
     "Connections lost, and tries to connect that failed."},
    {M::kRedisCommand, "sqlbus_redis_command_seconds", kHistogram, "command",
     "From the sending of a command to its answer, on the control connection."},
    {M::kRedisSentBytes, "sqlbus_redis_sent_bytes_total", kCounter, "link", "Bytes sent."},
    {M::kRedisReceivedBytes, "sqlbus_redis_received_bytes_total", kCounter, "link",
     "Bytes received."},

    {M::kProcessCpu, "process_cpu_seconds_total", kCounter, "",
     "Processor time of this process, in seconds."},
    {M::kProcessMemory, "process_resident_memory_bytes", kGauge, "",
     "Memory of this process that is in RAM."},
    {M::kProcessStart, "process_start_time_seconds", kGauge, "",
     "When this process began, in seconds since 1970."},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].id) != i) return false;
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

std::string_view to_string(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return "counter";
    case MetricKind::kGauge:
      return "gauge";
    case MetricKind::kHistogram:
      break;
  }
  return "histogram";
}

std::span<const MetricRow> metric_table() { return kTable; }

const MetricRow& metric_row(Metric metric) { return kTable[static_cast<std::size_t>(metric)]; }

}  // namespace sqlbus
