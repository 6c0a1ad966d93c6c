#include "client/command/status.hpp"

#include <iostream>
#include <string>
#include <vector>

#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/queue_status.hpp"
#include "client/command/status_view.hpp"
#include "client/redis_session.hpp"

namespace sqlbus {
namespace {

void print_json(const std::vector<QueueStatus>& found) {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject).name("queues").open(JsonContainer::kArray);
  for (const auto& status : found) write_json(json, status);
  json.close(JsonContainer::kArray).close(JsonContainer::kObject);
  std::cout << text << "\n";
}

void print(const std::vector<QueueStatus>& found) {
  bool is_first = true;
  for (const auto& status : found) {
    if (!is_first) std::cout << "\n";
    is_first = false;
    std::cout << render_status(status);
  }
}

}  // namespace

ExitCode run_status(const CommandOptions& options) {
  const auto address = find_bus(options);
  if (!address) return complain(address.error(), ExitCode::kUsage);
  auto redis = RedisSession::connect(address->redis, address->connect_timeout);
  if (!redis) return complain(redis.error(), ExitCode::kUnreachable);
  std::vector<QueueStatus> found;
  bool is_owned = true;
  for (const auto& queue : queues_of(options, *address)) {
    auto status = read_queue_status(*redis, queue);
    if (!status) return complain(status.error(), ExitCode::kUnreachable);
    is_owned = is_owned && status->owner.has_value();
    found.push_back(*std::move(status));
  }
  if (options.json) {
    print_json(found);
  } else {
    print(found);
  }
  return is_owned ? ExitCode::kOk : ExitCode::kRefused;
}

}  // namespace sqlbus
