#include "client/command/trace.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "client/command/bus_address.hpp"
#include "client/command/sightings.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {
namespace {

void print(const std::vector<Sighting>& found, bool knows_ledgers) {
  for (const auto& sighting : found) {
    std::cout << sighting.state;
    for (const auto& [name, value] : sighting.facts) {
      if (!value.empty()) std::cout << "  " << name << ": " << value;
    }
    std::cout << "\n";
  }
  if (found.empty()) std::cout << "not known anywhere\n";
  if (!knows_ledgers) std::cout << "the ledgers were not looked at: that needs --config\n";
}

void print_json(const std::vector<Sighting>& found, const std::string& uuid) {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject).name("UUID").string(uuid).name("FOUND");
  json.open(JsonContainer::kArray);
  for (const auto& sighting : found) {
    json.open(JsonContainer::kObject).name("STATE").string(sighting.state);
    for (const auto& [name, value] : sighting.facts) json.name(name).string(value);
    json.close(JsonContainer::kObject);
  }
  json.close(JsonContainer::kArray).close(JsonContainer::kObject);
  std::cout << text << "\n";
}

}  // namespace

ExitCode run_trace(const CommandOptions& options) {
  auto address = find_bus(options);
  if (!address) {
    std::cerr << "sqlbus: " << address.error().message << "\n";
    return ExitCode::kUsage;
  }
  auto redis = RedisSession::connect(address->redis, address->connect_timeout);
  if (!redis) {
    std::cerr << "sqlbus: " << redis.error().message << "\n";
    return ExitCode::kUnreachable;
  }
  const auto settings = load_bus_settings(options.config_file);
  std::vector<std::string> queues{address->queue};
  if (settings && !options.queue) queues = settings->redis.queues;

  std::vector<Sighting> found;
  // What moves while it is looked for may be missed once.
  for (int round = 0; round < 2 && found.empty(); ++round) {
    for (const auto& queue : queues) {
      QueueSearch search(*redis, queue, options.uuid);
      if (const auto status = search.look(); !status) {
        std::cerr << "sqlbus: " << status.error().message << "\n";
        return ExitCode::kUnreachable;
      }
      found.insert(found.end(), search.found().begin(), search.found().end());
    }
    if (!settings) continue;
    auto known = look_in_ledgers(*settings, options.uuid);
    found.insert(found.end(), known.begin(), known.end());
  }
  options.json ? print_json(found, options.uuid) : print(found, settings.ok());
  const bool is_known = std::any_of(found.begin(), found.end(),
                                    [](const Sighting& s) { return s.state != "unknown"; });
  return is_known ? ExitCode::kOk : ExitCode::kRefused;
}

}  // namespace sqlbus
