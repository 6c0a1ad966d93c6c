#include "client/command/top/watcher.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace sqlbus {
namespace {

// Nobody waits longer for a key to be heard.
constexpr std::chrono::milliseconds kLongestWait{2000};
// Of so many dead letters the causes are told. They may be large: they are read again when their
// number has changed, and now and then, as one may have come for another.
constexpr std::size_t kLetters = 50;
constexpr std::chrono::seconds kCausesHold{15};

std::vector<std::string> databases_of(const QueueSample& sample) {
  std::set<std::string> names;
  for (const auto& database : sample.databases) names.insert(database.name);
  for (const auto& [database, count] : sample.redis.waiting) names.insert(database);
  return {names.begin(), names.end()};
}

}  // namespace

Watcher::Watcher(BusAddress address, std::vector<std::string> queues)
    : address_(std::move(address)) {
  for (auto& name : queues) queues_.push_back({.name = std::move(name)});
}

void Watcher::look(TopState& state) {
  auto seen = look_at_all();
  if (!seen) {
    state.away = std::move(seen).error().message;
    redis_.reset();
    return;
  }
  state.away.clear();
  state.queues = *std::move(seen);
}

Result<std::vector<TopState::Queue>> Watcher::look_at_all() {
  if (!redis_) {
    auto redis =
        RedisSession::connect(address_.redis, std::min(address_.connect_timeout, kLongestWait));
    if (!redis) return std::move(redis).error();
    redis_ = *std::move(redis);
    for (auto& queue : queues_) queue.databases.clear();
  }
  std::vector<TopState::Queue> seen;
  for (auto& queue : queues_) {
    auto one = look_at(queue);
    if (!one) return std::move(one).error();
    seen.push_back(*std::move(one));
  }
  return seen;
}

Result<TopState::Queue> Watcher::look_at(Queue& queue) {
  auto status = queue.databases.empty() ? read_queue_status(*redis_, queue.name)
                                        : read_queue_status(*redis_, queue.name, queue.databases);
  if (!status) return std::move(status).error();
  auto sample = to_sample(*std::move(status));
  const auto known = databases_of(sample);
  if (queue.databases.empty()) {
    queue.databases = known;
  } else {
    // One that nobody waits for any more may be waited for again.
    std::set<std::string> names(queue.databases.begin(), queue.databases.end());
    names.insert(known.begin(), known.end());
    queue.databases.assign(names.begin(), names.end());
  }
  if (auto read = read_causes(queue, sample.redis.dead_letters); !read) {
    return std::move(read).error();
  }
  sample.causes = queue.causes;
  auto rates = queue.meter.observe(sample);
  return TopState::Queue{std::move(sample), std::move(rates)};
}

Status Watcher::read_causes(Queue& queue, std::int64_t dead_letters) {
  const auto now = Clock::now();
  if (dead_letters == queue.dead_letters && now - queue.causes_at < kCausesHold) return Done{};
  queue.causes.clear();
  if (dead_letters > 0) {
    auto letters = DeadList(*redis_, queue.name).newest(kLetters);
    if (!letters) return std::move(letters).error();
    queue.causes = causes_of(*letters);
  }
  queue.dead_letters = dead_letters;
  queue.causes_at = now;
  return Done{};
}

}  // namespace sqlbus
