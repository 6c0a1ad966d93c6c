// The member names of one JSON object while it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sqlbus {

// Knows the names that mean something, without regard to case (ASCII letters, as all of them
// are), and finds the repeated ones among all.
class MemberNames {
 public:
  static constexpr std::size_t kUnknown = 32;

  // At most 32 names; borrowed.
  explicit MemberNames(std::span<const std::string_view> known) : known_(known) {}

  // Takes the next name: its index among the known ones, or kUnknown. Sets is_repeated() where a
  // known one came before.
  std::size_t take(std::string_view name);
  bool is_repeated() const { return is_repeated_; }
  std::string_view known(std::size_t index) const { return known_[index]; }
  // Those that are kept to be compared: at most one more than limits::kUnknownMembersMax.
  std::size_t unknown_count() const { return unknown_.size(); }

  // At the end of the object: an unknown name that came more than once. Sorting once at the end,
  // because a hash table of names that others choose can be made slow.
  std::optional<std::string> repeated_unknown();

 private:
  std::span<const std::string_view> known_;
  std::size_t next_ = 0;    // where most senders go on: their members come in the same order
  std::uint32_t seen_ = 0;  // a bit for each known name
  bool is_repeated_ = false;
  std::vector<std::string> unknown_;  // in lower case
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace sqlbus
