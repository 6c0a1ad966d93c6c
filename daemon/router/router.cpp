#include "daemon/router/router.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace sqlbus {

std::size_t lane_of(const Request& request, std::size_t lanes) {
  const std::hash<std::string_view> hash;
  if (request.key) return hash(*request.key) % lanes;
  return (hash(request.app) * 31 + static_cast<std::size_t>(request.pid)) % lanes;
}

void Router::add(Lanes lanes) {
  auto& outboxes = outboxes_.emplace_back();
  for (auto& lane : lanes) outboxes.push_back({.lane = lane.get()});
  databases_.push_back(std::move(lanes));
}

void Router::route(Admitted admitted, std::uint32_t epoch) {
  auto& outboxes = outboxes_[admitted.database];
  auto& outbox = outboxes[lane_of(admitted.request, outboxes.size())];
  outbox.jobs.push_back({.admitted = std::move(admitted), .epoch = epoch});
}

void Router::flush() {
  for (auto& outboxes : outboxes_) {
    for (auto& outbox : outboxes) {
      if (outbox.jobs.size() == 1 && outbox.lane->try_query(outbox.jobs.front())) {
        outbox.jobs.clear();
      } else if (!outbox.jobs.empty()) {
        outbox.lane->put_all(std::exchange(outbox.jobs, {}));
      }
    }
  }
}

bool Router::is_up(std::size_t database) const {
  const auto& lanes = databases_[database];
  return std::all_of(lanes.begin(), lanes.end(),
                     [](const auto& lane) { return lane->reach() == Lane::Reach::kUp; });
}

void Router::end_sessions_of(const std::string& instance) {
  for (auto& lanes : databases_) {
    for (auto& lane : lanes) lane->end_sessions_of(instance);
  }
}

bool Router::has_tried(std::vector<std::string>& down) const {
  bool has_tried = true;
  for (const auto& lanes : databases_) {
    for (const auto& lane : lanes) {
      if (lane->reach() == Lane::Reach::kUnknown) has_tried = false;
      if (lane->reach() == Lane::Reach::kDown) down.push_back(lane->name());
    }
  }
  return has_tried;
}

void Router::stop() {
  flush();
  for (auto& lanes : databases_) {
    for (auto& lane : lanes) lane->stop();
  }
}

void Router::cancel() {
  for (auto& lanes : databases_) {
    for (auto& lane : lanes) lane->cancel();
  }
}

}  // namespace sqlbus
