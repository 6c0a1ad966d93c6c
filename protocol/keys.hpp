// The names of the bus's keys in Redis; all keys of a queue share its hash slot.
#pragma once

#include <string>
#include <string_view>

namespace sqlbus::keys {

inline constexpr std::string_view kDefaultQueue = "SqlBusDefaultQueue";

// A queue name may not be empty nor hold '{' or '}'.
bool is_queue_name(std::string_view name);

std::string prefix(std::string_view queue);  // "{queue}:"
std::string owner(std::string_view queue);
std::string instance(std::string_view queue, std::string_view instance_id);
std::string batches(std::string_view queue);
// sequence: fixed-width text, so that names of one instance sort by age. origin: where the batch
// came from, "" for the queue itself.
std::string inflight(std::string_view queue, std::string_view instance_id,
                     std::string_view sequence, std::string_view origin = "");
struct InflightName {
  std::string_view instance_id;
  std::string_view sequence;
  std::string_view origin;
};
// The parts of a batch's name; empty ones where it is none.
InflightName parse_inflight(std::string_view queue, std::string_view name);
inline constexpr std::string_view kReplayOrigin = "@replay";
std::string waiting_origin(std::string_view database);  // "@waiting:<database>"
// The database of such an origin; empty of another one.
std::string_view waiting_database(std::string_view origin);
// The list that an origin stands for.
std::string origin_list(std::string_view queue, std::string_view origin);
std::string waiting(std::string_view queue, std::string_view database);
std::string delayed(std::string_view queue);
std::string deliveries(std::string_view queue);
std::string dead(std::string_view queue);
std::string replay(std::string_view queue);
// A hash: what operators have paused. Its fields:
std::string control(std::string_view queue);
inline constexpr std::string_view kQueuePaused = "queue";
std::string database_paused(std::string_view database);  // "database:<name>"
// The database of such a field; empty of another one.
std::string_view paused_database(std::string_view field);

// A key as a pattern, of SCAN for instance, that matches only itself.
std::string glob_literal(std::string_view text);

}  // namespace sqlbus::keys
