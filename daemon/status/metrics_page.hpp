// The page of /metrics: every row of the table in daemon/metrics/metric_table.cpp, from the parts
// as they are. Loop thread.
#pragma once

#include <string>

#include "daemon/status/queue_survey.hpp"
#include "daemon/status/sources.hpp"

namespace sqlbus {

std::string metrics_page(const StatusSources& sources, const QueueSurvey& survey);

}  // namespace sqlbus
