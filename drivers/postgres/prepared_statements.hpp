// The statements that a connection keeps prepared: those that came at least twice, the last used
// ones. The server fixes the types of a statement's parameters when it is prepared and does not
// look at them again when a column gets another type, so each is prepared anew every now and then,
// and a fault that may come from that is doubted once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sqlbus::postgres {

class PreparedStatements {
 public:
  struct Use {
    const char* name = nullptr;  // null: it is not worth it, yet
    bool is_new = false;         // it has to be prepared under that name first
  };

  // `is_enabled`: poolers that change the server under a session cannot keep any.
  explicit PreparedStatements(bool is_enabled) : is_enabled_(is_enabled) {}

  // Types are those of typed parameters; the name lives until the statement is forgotten. What is
  // new counts as prepared until forget() says otherwise.
  Use use(std::string_view sql, std::span<const unsigned int> types);
  // What it is prepared as, or a null name where none ever is; nothing where use() would have it
  // prepared, or may soon.
  std::optional<Use> ready(std::string_view sql, std::span<const unsigned int> types);
  // It could not be prepared.
  void forget(std::string_view sql, std::span<const unsigned int> types);
  // It was run as prepared before and has failed with that SQLSTATE. True where it may be the
  // fault of its age: it is forgotten, and to be run again. is_cheap: it costs nobody else
  // anything.
  bool doubts(std::string_view sql, std::span<const unsigned int> types, std::string_view sqlstate,
              bool is_cheap);
  // Types have changed: each is to be prepared anew.
  void give_up_all();
  // The server has none any more.
  void clear();
  // Names that were given up, for the server to forget; empty while there are few.
  std::vector<std::string> take_given_up();

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::string key;
    std::string name;
    Clock::time_point prepared_at;
  };
  using Entries = std::list<Entry>;

  static std::string key_of(std::string_view sql, std::span<const unsigned int> types);
  bool is_second_sight(std::string_view key);
  void give_up(Entries::iterator entry);

  bool is_enabled_;
  Entries entries_;  // the last used one is the first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;  // views of the entries' keys
  std::unordered_set<std::size_t> seen_;                            // hashes of keys that came once
  std::unordered_map<std::size_t, Clock::time_point> doubted_;      // by the hash of the key
  std::vector<std::string> given_up_;
  std::uint64_t next_ = 0;
};

}  // namespace sqlbus::postgres
