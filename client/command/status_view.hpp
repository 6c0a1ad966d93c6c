// The status of a queue and its daemon, for a person.
#pragma once

#include <string>

#include "client/command/queue_status.hpp"

namespace sqlbus {

std::string render_status(const QueueStatus& status);

}  // namespace sqlbus
