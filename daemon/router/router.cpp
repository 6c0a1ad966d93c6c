#include "daemon/router/router.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace sqlbus {

std::size_t order_of(const Request& request) {
  const std::hash<std::string_view> hash;
  if (request.key) return hash(*request.key);
  return hash(request.app) * 31 + static_cast<std::size_t>(request.pid);
}

void Router::add(Lanes lanes, std::unique_ptr<Lane> aside) {
  auto& database = databases_.emplace_back();
  database.lanes = lanes.size();
  for (auto& lane : lanes) database.outboxes.push_back({.lane = std::move(lane)});
  if (aside) database.outboxes.push_back({.lane = std::move(aside)});
}

bool Router::try_hold(Admitted& admitted) {
  auto& orders = databases_[admitted.database].orders;
  const auto order = order_of(admitted.request);
  if (!orders.must_hold(order)) return false;
  orders.hold(order, std::move(admitted));
  return true;
}

void Router::route(Admitted admitted, std::uint32_t epoch) {
  auto& database = databases_[admitted.database];
  auto& delivery = admitted.delivery;
  delivery.order = order_of(admitted.request);
  const auto* aside = database.aside();
  Job job{.admitted = std::move(admitted), .epoch = epoch};
  auto& moved = job.admitted.delivery;
  const bool is_busy = outbox_of(database, moved).under_way > 0;
  const bool may_go_aside = job.admitted.mode == Admitted::Mode::kQuery && !job.may_be_applied();
  moved.is_aside = is_busy && may_go_aside && aside != nullptr &&
                   aside->lane->reach() == Lane::Reach::kUp && database.orders.is_free(moved.order);
  database.orders.begin(moved.order, moved.is_aside);
  auto& outbox = outbox_of(database, moved);
  ++outbox.under_way;
  outbox.jobs.push_back(std::move(job));
}

Router::Outbox& Router::outbox_of(Database& database, const Delivery& delivery) {
  return delivery.is_aside ? *database.aside() : database.outboxes[delivery.order % database.lanes];
}

std::vector<Admitted> Router::ended(const Delivery& delivery) {
  auto& database = databases_[delivery.database];
  --outbox_of(database, delivery).under_way;
  return database.orders.end(delivery.order, delivery.is_aside);
}

std::vector<Admitted> Router::take_held() {
  std::vector<Admitted> all;
  for (auto& database : databases_) {
    for (auto& admitted : database.orders.take_held()) all.push_back(std::move(admitted));
  }
  return all;
}

void Router::flush() {
  for (auto& database : databases_) {
    for (auto& outbox : database.outboxes) {
      if (outbox.jobs.size() == 1 && outbox.lane->try_query(outbox.jobs.front())) {
        outbox.jobs.clear();
      } else if (!outbox.jobs.empty()) {
        outbox.lane->put_all(std::exchange(outbox.jobs, {}));
      }
    }
  }
}

bool Router::is_up(std::size_t database) const {
  const auto& outboxes = databases_[database].outboxes;
  return std::all_of(outboxes.begin(), outboxes.end(),
                     [](const auto& outbox) { return outbox.lane->reach() == Lane::Reach::kUp; });
}

template <typename Visitor>
void Router::for_each_lane(Visitor visit) const {
  for (const auto& database : databases_) {
    for (const auto& outbox : database.outboxes) visit(*outbox.lane);
  }
}

void Router::end_sessions_of(const std::string& instance) {
  for_each_lane([&](Lane& lane) { lane.end_sessions_of(instance); });
}

bool Router::has_tried(std::vector<std::string>& down) const {
  bool has_tried = true;
  for_each_lane([&](const Lane& lane) {
    if (lane.reach() == Lane::Reach::kUnknown) has_tried = false;
    if (lane.reach() == Lane::Reach::kDown) down.push_back(lane.name());
  });
  return has_tried;
}

void Router::stop() {
  flush();
  for_each_lane([](Lane& lane) { lane.stop(); });
}

void Router::cancel() {
  for_each_lane([](Lane& lane) { lane.cancel(); });
}

}  // namespace sqlbus
