#include "daemon/router/router.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace sqlbus {
namespace {

// A query that takes longer is not to be waited for by another one with a way of its own.
constexpr std::chrono::milliseconds kLong{10};

}  // namespace

std::size_t order_of(const Request& request) {
  const std::hash<std::string_view> hash;
  if (request.key) return hash(*request.key);
  return hash(request.app) * 31 + static_cast<std::size_t>(request.pid);
}

void Router::set_lanes(std::size_t database, MakeLanes make) {
  if (database >= databases_.size()) databases_.resize(database + 1);
  auto& changing = databases_[database];
  changing.make_next = std::move(make);
  if (changing.under_way == 0) replace_lanes(changing);
}

// Nothing is under way there. The old sessions are closed by their threads, which nobody waits for.
// The sessions of dead daemons that they have not ended are left to the new ones.
void Router::replace_lanes(Database& database) {
  std::vector<std::string> dead_instances;
  const auto leave = [&](std::unique_ptr<Lane> lane) {
    for (auto& instance : lane->take_dead_instances()) {
      dead_instances.push_back(std::move(instance));
    }
    lane->stop();
    leaving_.push_back(std::move(lane));
  };
  for (auto& outbox : database.outboxes) leave(std::move(outbox.lane));
  if (database.aside) leave(std::move(database.aside->lane));
  database.outboxes.clear();
  database.aside.reset();
  auto [lanes, aside] = std::exchange(database.make_next, {})();
  for (auto& lane : lanes) {
    for (const auto& instance : dead_instances) lane->end_sessions_of(instance);
    database.outboxes.push_back({.lane = std::move(lane)});
  }
  if (aside) database.aside.emplace(Outbox{.lane = std::move(aside)});
}

void Router::remove_ended() {
  std::erase_if(leaving_, [](const auto& lane) { return lane->has_ended(); });
}

void Router::set_limits(const Lane::Limits& limits) {
  for_each_outbox([&](Outbox& outbox) { outbox.lane->set_limits(limits); });
}

// What has to wait for both goes behind the query: what came before it is held there too.
bool Router::try_hold(Admitted& admitted) {
  auto& database = databases_[admitted.database];
  const auto order = order_of(admitted.request);
  const bool is_behind_query = database.orders.must_hold(order);
  if (!is_behind_query && !database.make_next) return false;
  admitted.delivery.was_held = true;
  if (is_behind_query) {
    database.orders.hold(order, std::move(admitted));
  } else {
    database.held.push_back(std::move(admitted));
  }
  return true;
}

void Router::route(Admitted admitted, std::uint32_t epoch) {
  auto& database = databases_[admitted.database];
  Job job{.admitted = std::move(admitted), .epoch = epoch};
  auto& delivery = job.admitted.delivery;
  delivery.order = order_of(job.request());
  delivery.is_aside = database.may_go_aside(job);
  if (delivery.is_aside) {
    database.orders.begin_aside(delivery.order);
  } else {
    database.orders.begin(delivery.order);
  }
  auto& outbox = database.outbox_of(delivery);
  ++outbox.under_way;
  ++database.under_way;
  // What came together with it may be much, and is not to be read first.
  if (delivery.is_aside && outbox.jobs.empty() && outbox.lane->try_query(job)) return;
  outbox.jobs.push_back(std::move(job));
}

// Beside a lane that has something else to do, and not behind a query that takes long. What was
// held goes by the lane, all of it: one by one it would be held again and again.
bool Router::Database::may_go_aside(const Job& job) {
  if (!aside || job.admitted.mode != Admitted::Mode::kQuery || job.may_be_applied()) return false;
  const auto& delivery = job.admitted.delivery;
  const bool is_lone = outbox_of(delivery).under_way == 0 && delivery.batch->open == 1;
  if (is_lone || delivery.was_held || !orders.is_free(delivery.order)) return false;
  if (aside->lane->reach() != Lane::Reach::kUp) return false;
  const auto now = std::chrono::steady_clock::now();
  if (aside->under_way == 0) aside->moved_at = now;
  return now - aside->moved_at < kLong;
}

std::vector<Admitted> Router::ended(const Delivery& delivery) {
  auto& database = databases_[delivery.database];
  std::vector<Admitted> freed;
  --database.outbox_of(delivery).under_way;
  --database.under_way;
  if (delivery.is_aside) {
    database.aside->moved_at = std::chrono::steady_clock::now();
    freed = database.orders.end_aside(delivery.order);
  } else {
    database.orders.end(delivery.order);
  }
  if (database.under_way == 0 && database.make_next) {
    replace_lanes(database);
    for (auto& admitted : std::exchange(database.held, {})) freed.push_back(std::move(admitted));
  }
  return freed;
}

std::vector<Admitted> Router::take_held() {
  std::vector<Admitted> all;
  for (auto& database : databases_) {
    for (auto& admitted : database.orders.take_held()) all.push_back(std::move(admitted));
    for (auto& admitted : std::exchange(database.held, {})) all.push_back(std::move(admitted));
  }
  return all;
}

template <typename Visitor>
void Router::for_each_outbox(Visitor visit) {
  for (auto& database : databases_) {
    if (database.aside) visit(*database.aside);
    for (auto& outbox : database.outboxes) visit(outbox);
  }
}

void Router::flush() {
  for_each_outbox([](Outbox& outbox) {
    if (outbox.jobs.size() == 1 && outbox.lane->try_query(outbox.jobs.front())) {
      outbox.jobs.clear();
    } else if (!outbox.jobs.empty()) {
      outbox.lane->put_all(std::exchange(outbox.jobs, {}));
    }
  });
}

bool Router::is_up(std::size_t database) const {
  const auto& outboxes = databases_[database].outboxes;
  if (databases_[database].make_next) return false;
  return std::all_of(outboxes.begin(), outboxes.end(),
                     [](const auto& outbox) { return outbox.lane->reach() == Lane::Reach::kUp; });
}

std::vector<Router::LaneView> Router::lanes_of(std::size_t database) const {
  std::vector<LaneView> views;
  const auto add = [&](std::string name, const Outbox& outbox) {
    views.push_back({.name = std::move(name),
                     .reach = outbox.lane->reach(),
                     .requests = outbox.under_way,
                     .fault = outbox.lane->fault()});
  };
  const auto& place = databases_[database];
  for (std::size_t i = 0; i < place.outboxes.size(); ++i) {
    add(std::to_string(i), place.outboxes[i]);
  }
  if (place.aside) add("query", *place.aside);
  return views;
}

void Router::end_sessions_of(const std::string& instance) {
  for_each_outbox([&](Outbox& outbox) { outbox.lane->end_sessions_of(instance); });
}

bool Router::has_tried(std::vector<std::string>& down) const {
  bool has_tried = true;
  for (const auto& database : databases_) {
    for (const auto& outbox : database.outboxes) {
      const auto reach = outbox.lane->reach();
      if (reach == Lane::Reach::kUnknown) has_tried = false;
      if (reach == Lane::Reach::kDown) down.push_back(outbox.lane->name());
    }
  }
  return has_tried;
}

void Router::stop() {
  for (auto& database : databases_) database.make_next = {};
  flush();
  for_each_outbox([](Outbox& outbox) { outbox.lane->stop(); });
}

void Router::cancel() {
  for_each_outbox([](Outbox& outbox) { outbox.lane->cancel(); });
}

}  // namespace sqlbus
