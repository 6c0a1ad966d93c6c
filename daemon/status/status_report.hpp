// The status as JSON: that of /status, and that which stands in Redis beside the lease for `sqlbus
// status`. Its members are described in docs/OPERATIONS.md. Loop thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/redis/queue_store.hpp"
#include "daemon/status/latencies.hpp"
#include "daemon/status/queue_survey.hpp"
#include "daemon/status/rates.hpp"
#include "daemon/status/sources.hpp"

namespace sqlbus {

class StatusReport {
 public:
  // Without what Redis knows by itself. The mark moves on where more than the time has changed.
  StatusNote note(const StatusSources& sources);
  // With it.
  std::string page(const StatusSources& sources, const QueueSurvey& survey);
  // For a person: "working: 812.0 requests/s, in the queue 1234, dead letters 1".
  std::string summary(const StatusSources& sources, const QueueSurvey& survey);

 private:
  struct Text {
    std::string json;
    std::size_t lasting_at = 0;  // before it stands what changes by the time alone
  };
  Text write(const StatusSources& sources, const QueueSurvey* survey);

  std::vector<Latencies> latencies_;  // by the places of the databases
  Rate claimed_;
  Rate settled_;
  Rate summed_up_;
  std::string lasting_;  // that part of the last note
  std::uint64_t mark_ = 1;
};

}  // namespace sqlbus
