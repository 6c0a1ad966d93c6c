#include "client/command/dead_list.hpp"

#include <array>

#include "client/command/queue_owner.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

constexpr std::int64_t kChunk = 500;

// KEYS: dead, replay; ARGV: letter, envelope. Returns 1 where the letter was there.
constexpr std::string_view kReplay = R"(
if redis.call('LREM', KEYS[1], -1, ARGV[1]) == 0 then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[2])
return 1
)";

}  // namespace

Status DeadList::for_each(const std::function<Result<Visit>(Letter&)>& visit) {
  const auto key = keys::dead(queue_);
  std::int64_t kept = 0;  // letters at the old end that stay
  for (;;) {
    const auto first = std::to_string(-kept - kChunk);
    const auto last = std::to_string(-kept - 1);
    auto chunk = redis_.command({"LRANGE", key, first, last});
    if (!chunk) return std::move(chunk).error();
    if (chunk->elements.empty()) return Done{};
    for (auto at = chunk->elements.size(); at > 0; --at) {
      auto letter = read_letter(std::move(chunk->elements[at - 1].text));
      if (!letter) {
        ++kept;
        continue;
      }
      auto visited = visit(*letter);
      if (!visited) return std::move(visited).error();
      if (*visited == Visit::kStop) return Done{};
      if (*visited == Visit::kKept) ++kept;
    }
  }
}

Status DeadList::for_each_newest(const std::function<bool(Letter&)>& visit) {
  const auto key = keys::dead(queue_);
  for (std::int64_t at = 0;; at += kChunk) {
    const auto first = std::to_string(at);
    const auto last = std::to_string(at + kChunk - 1);
    auto chunk = redis_.command({"LRANGE", key, first, last});
    if (!chunk) return std::move(chunk).error();
    if (chunk->elements.empty()) return Done{};
    for (auto& element : chunk->elements) {
      auto letter = read_letter(std::move(element.text));
      if (letter && !visit(*letter)) return Done{};
    }
  }
}

Result<std::vector<Letter>> DeadList::newest(std::size_t count) {
  std::vector<Letter> letters;
  if (count == 0) return letters;
  auto found = redis_.command({"LRANGE", keys::dead(queue_), "0", std::to_string(count - 1)});
  if (!found) return std::move(found).error();
  for (auto& element : found->elements) {
    auto letter = read_letter(std::move(element.text));
    if (letter) letters.push_back(*std::move(letter));
  }
  return letters;
}

Result<bool> DeadList::replay(const Letter& letter, std::string_view envelope) {
  const auto dead = keys::dead(queue_);
  const auto replay = keys::replay(queue_);
  const std::array<std::string_view, 2> keys{dead, replay};
  const std::array<std::string_view, 2> arguments{letter.raw, envelope};
  auto moved = redis_.run(kReplay, keys, arguments);
  if (!moved) return std::move(moved).error();
  return moved->integer == 1;
}

void DeadList::wake_owner() { sqlbus::wake_owner(redis_, queue_); }

Result<bool> DeadList::drop(const Letter& letter) {
  auto removed = redis_.command({"LREM", keys::dead(queue_), "-1", letter.raw});
  if (!removed) return std::move(removed).error();
  return removed->integer == 1;
}

}  // namespace sqlbus
