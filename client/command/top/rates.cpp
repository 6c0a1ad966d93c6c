#include "client/command/top/rates.hpp"

#include <algorithm>
#include <chrono>

namespace sqlbus {
namespace {

constexpr double kShortestSeconds = 0.05;

QueueRates rates_between(const QueueSample& before, const QueueSample& after) {
  const auto told_s = after.known_at - before.known_at;
  const std::chrono::duration<double> seen = after.redis.now - before.redis.now;
  const auto rate = [&](double from, double to) { return std::max(0.0, to - from) / told_s; };
  QueueRates rates;
  const auto growth = static_cast<double>(after.redis.depth - before.redis.depth) / seen.count();
  rates.in = std::max(0.0, growth + rate(before.claimed, after.claimed));
  rates.out = rate(before.settled, after.settled);
  for (const auto& database : after.databases) {
    const auto same = std::find_if(before.databases.begin(), before.databases.end(),
                                   [&](const auto& each) { return each.name == database.name; });
    if (same == before.databases.end()) continue;
    rates.databases[database.name] = {.done = rate(same->done, database.done),
                                      .failed = rate(same->failed, database.failed)};
  }
  return rates;
}

}  // namespace

const QueueRates& RateMeter::observe(const QueueSample& sample) {
  // Another daemon counts from zero; a clock that was put back tells nothing.
  if (!base_ || base_->instance != sample.instance || base_->has_words != sample.has_words ||
      sample.known_at < base_->known_at || sample.redis.now < base_->redis.now) {
    base_ = sample;
    rates_ = {};
    return rates_;
  }
  const std::chrono::duration<double> seen = sample.redis.now - base_->redis.now;
  if (sample.known_at - base_->known_at < kShortestSeconds || seen.count() < kShortestSeconds)
    return rates_;
  rates_ = rates_between(*base_, sample);
  base_ = sample;
  return rates_;
}

}  // namespace sqlbus
