#include "protocol/member_names.hpp"

#include <algorithm>
#include <cassert>

#include "protocol/limits.hpp"

namespace sqlbus {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::size_t MemberNames::take(std::string_view name) {
  assert(known_.size() <= kUnknown);
  is_repeated_ = false;
  for (std::size_t tried = 0; tried < known_.size(); ++tried) {
    const std::size_t i = (next_ + tried) % known_.size();
    if (!equals_ignoring_case(known_[i], name)) continue;
    const std::uint32_t bit = std::uint32_t{1} << i;
    is_repeated_ = (seen_ & bit) != 0;
    seen_ |= bit;
    next_ = i + 1;
    return i;
  }
  if (unknown_.size() > limits::kUnknownMembersMax) return kUnknown;
  std::string& copy = unknown_.emplace_back(name);
  std::ranges::transform(copy, copy.begin(), lower);
  return kUnknown;
}

std::optional<std::string> MemberNames::repeated_unknown() {
  std::ranges::sort(unknown_);
  const auto twin = std::ranges::adjacent_find(unknown_);
  if (twin == unknown_.end()) return std::nullopt;
  return *twin;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a == b) return true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace sqlbus
