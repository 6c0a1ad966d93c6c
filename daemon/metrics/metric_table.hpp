// The one table of what is measured. The page of /metrics, the documents' list and the tests of the
// dashboard and the alerts all come from it: a new metric is a new row here, and a sample in
// daemon/status/metrics_page.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sqlbus {

enum class Metric : std::uint8_t {
  kBuildInfo,
  kHealthy,
  kReady,
  kHealthState,
  kReloads,
  kLoopLag,

  kQueueDepth,
  kQueueOldestAge,
  kQueueDelayed,
  kQueueDead,
  kQueueReplay,
  kQueueWaiting,
  kQueueOwned,
  kQueueClaimBlocked,
  kSurveyAge,

  kInflight,
  kInflightBytes,
  kClaims,
  kClaimed,
  kClaimedBytes,
  kSettled,
  kExpired,
  kDuplicates,
  kDeadLetters,
  kDelayed,
  kDiverted,
  kResponseBytes,
  kResponsesDropped,

  kDatabaseUp,
  kDatabaseRequests,
  kDatabaseConnects,
  kDatabaseLosses,
  kLaneState,
  kLaneRequests,
  kGroupSize,
  kQueued,
  kExecuted,
  kTotal,
  kRetries,
  kUnprotected,

  kRedisUp,
  kRedisConnects,
  kRedisLosses,
  kRedisCommand,
  kRedisSentBytes,
  kRedisReceivedBytes,

  kProcessCpu,
  kProcessMemory,
  kProcessStart,
  kCount,  // how many there are
};

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };
std::string_view to_string(MetricKind kind);

struct MetricRow {
  Metric id;
  std::string_view name;
  MetricKind kind;
  std::string_view labels;  // separated by commas; each has few values, none of a caller's choice
  std::string_view help;
};

std::span<const MetricRow> metric_table();
const MetricRow& metric_row(Metric metric);

}  // namespace sqlbus
