// What is known after a run: what the callers pushed and were told, and what was found in the
// table and among the dead letters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sqlbus::chaos {

enum class Kind : std::uint8_t {
  kInsert,           // async
  kInsertReturning,  // SYNC, answered with its number
  kSelectMax,        // SYNC, answered with the highest number of the caller
  kArray,            // async, two inserts in one transaction
  kFunction,         // async SELECT of a function that inserts
  kBad,              // async, the table does not exist: a dead letter
  kBadSync,          // the same, and its caller waits
};

constexpr bool is_sync(Kind kind) {
  return kind == Kind::kInsertReturning || kind == Kind::kSelectMax || kind == Kind::kBadSync;
}
constexpr bool is_bad(Kind kind) { return kind == Kind::kBad || kind == Kind::kBadSync; }

struct Answer {
  std::string uuid;
  int error_id = 0;
  std::string message;
  std::optional<std::int64_t> value;  // the first cell of the first row
};

// A request that a caller put on the queue. Its effects are the rows (caller, number) of `effects`
// numbers from `number` on.
struct Pushed {
  int caller = 0;
  int number = 0;
  int effects = 0;
  Kind kind = Kind::kInsert;
  std::string uuid;
  int copies = 1;         // how often it may have come on the queue: unclear tries count
  int wanted_copies = 1;  // how often it was meant to
  bool has_deadline = false;
  int seen_least = 0;  // kSelectMax: the numbers that it may tell
  int seen_most = 0;
  std::optional<Answer> answer;
};

struct Row {
  int caller = 0;
  int number = 0;

  friend bool operator==(const Row&, const Row&) = default;
  friend bool operator<(const Row& a, const Row& b) {
    return std::pair(a.caller, a.number) < std::pair(b.caller, b.number);
  }
};

struct Letter {
  std::string uuid;
  int error_id = 0;
  std::string message;
};

struct Evidence {
  std::vector<Pushed> pushed;  // of each caller in the order of pushing
  std::vector<Row> rows;       // in the order in which they were written
  std::vector<Letter> letters;
};

}  // namespace sqlbus::chaos
