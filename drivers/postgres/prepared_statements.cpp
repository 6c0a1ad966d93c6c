#include "drivers/postgres/prepared_statements.hpp"

#include <functional>
#include <iterator>
#include <utility>

namespace sqlbus::postgres {
namespace {

// A server keeps some kilobytes for each, in each session.
constexpr std::size_t kKept = 256;
constexpr std::size_t kSeen = 4096;
// So many are taken off the server together.
constexpr std::size_t kGivenUpMin = 16;
// A column's new type is heeded after so long.
constexpr std::chrono::milliseconds kFresh{250};
// Longer ones are mostly made for one use.
constexpr std::size_t kTextMax = 16384;

}  // namespace

PreparedStatements::Use PreparedStatements::use(std::string_view sql,
                                                std::span<const unsigned int> types) {
  if (!is_enabled_ || sql.size() > kTextMax) return {};
  const std::string typed_key = types.empty() ? std::string() : key_of(sql, types);
  const std::string_view key = types.empty() ? sql : std::string_view(typed_key);
  const auto now = Clock::now();
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    const auto entry = found->second;
    if (now - entry->prepared_at < kFresh) {
      entries_.splice(entries_.begin(), entries_, entry);
      return {entry->name.c_str(), false};
    }
    give_up(entry);
  } else if (!is_second_sight(key)) {
    return {};
  }
  if (entries_.size() == kKept) give_up(std::prev(entries_.end()));
  entries_.push_front({std::string(key), "sqlbus_" + std::to_string(next_++), now});
  by_key_.emplace(entries_.front().key, entries_.begin());
  return {entries_.front().name.c_str(), true};
}

std::optional<PreparedStatements::Use> PreparedStatements::ready(
    std::string_view sql, std::span<const unsigned int> types) {
  if (!is_enabled_ || sql.size() > kTextMax) return Use{};
  const auto found = types.empty() ? by_key_.find(sql) : by_key_.find(key_of(sql, types));
  if (found == by_key_.end()) return std::nullopt;
  const auto entry = found->second;
  if (Clock::now() - entry->prepared_at >= kFresh) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, entry);
  return Use{entry->name.c_str(), false};
}

void PreparedStatements::give_up(Entries::iterator entry) {
  given_up_.push_back(std::move(entry->name));
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void PreparedStatements::forget(std::string_view sql, std::span<const unsigned int> types) {
  const auto found = by_key_.find(key_of(sql, types));
  if (found == by_key_.end()) return;
  const auto entry = found->second;
  by_key_.erase(found);
  entries_.erase(entry);
}

bool PreparedStatements::doubts(std::string_view sql, std::span<const unsigned int> types,
                                std::string_view sqlstate, bool is_cheap) {
  const bool is_stale = sqlstate == "0A000" || sqlstate == "26000";
  const bool is_of_values = sqlstate.starts_with("22") || sqlstate.starts_with("42");
  const auto found = by_key_.find(key_of(sql, types));
  if ((!is_stale && !is_of_values) || found == by_key_.end()) return false;
  if (is_cheap || is_stale) {
    give_up(found->second);
    return true;
  }
  const auto now = Clock::now();
  if (doubted_.size() >= kKept) doubted_.clear();
  auto& doubted_at = doubted_[std::hash<std::string_view>{}(found->first)];
  const bool is_believed = now - doubted_at < kFresh;
  if (!is_believed) doubted_at = now;
  give_up(found->second);
  return !is_believed;
}

void PreparedStatements::give_up_all() {
  while (!entries_.empty()) give_up(entries_.begin());
}

void PreparedStatements::clear() {
  by_key_.clear();
  entries_.clear();
  given_up_.clear();
}

std::vector<std::string> PreparedStatements::take_given_up() {
  if (given_up_.size() < kGivenUpMin) return {};
  return std::exchange(given_up_, {});
}

std::string PreparedStatements::key_of(std::string_view sql, std::span<const unsigned int> types) {
  std::string key(sql);
  for (const auto type : types) key += '\0' + std::to_string(type);
  return key;
}

bool PreparedStatements::is_second_sight(std::string_view key) {
  const auto hash = std::hash<std::string_view>{}(key);
  if (seen_.erase(hash) > 0) return true;
  if (seen_.size() >= kSeen) seen_.clear();
  seen_.insert(hash);
  return false;
}

}  // namespace sqlbus::postgres
