// One look at a queue, its owner and the owner's databases, with what a live view shows of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/command/dead_list.hpp"
#include "client/command/queue_status.hpp"
#include "client/command/status_json.hpp"

namespace sqlbus {

struct DatabaseSample {
  std::string name, driver, reason, lanes;
  bool is_default = false;
  bool is_up = true;
  double done = 0;    // requests whose effect is there, since the start
  double failed = 0;  // since the start
  double retries = 0;
  double connects = 0;
  status_json::Latency latency{};
};

// What an operator has paused.
struct Pause {
  std::string database;  // empty: the queue
  std::string by, reason;
  double since = 0;
};

// Dead letters of one cause, among the newest.
struct DeadCause {
  std::int64_t count = 0;
  EpochTime last{};
  std::string error, sqlstate, database, message;
};

// All texts are printable; what the owner does not tell is empty.
struct QueueSample {
  QueueStatus redis;
  std::string instance;  // empty: no daemon runs
  std::string version, host, state, detail, blocked, last_error;
  bool has_words = false;  // the owner has left a status
  bool is_healthy = true;
  bool is_ready = true;
  double pid = 0;
  double up_s = 0;
  double heard_ago_s = 0;
  // When what the counters say held, in seconds since 1970 by the clock of Redis: while nothing
  // changes a daemon says nothing new, and its last words go on holding with each renewal.
  double known_at = 0;
  double in_flight = 0, claimed = 0, settled = 0;
  double last_error_at = 0;
  std::vector<DatabaseSample> databases;
  std::vector<Pause> pauses;
  std::vector<DeadCause> causes;  // the newest first
};

QueueSample to_sample(QueueStatus status);
// Of these letters, the newest of which comes first.
std::vector<DeadCause> causes_of(const std::vector<Letter>& letters);

}  // namespace sqlbus
