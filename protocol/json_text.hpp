// The bytes within a JSON string that stand for themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sqlbus {

// Where the run of bytes ends that need no escape and belong to no longer character: ASCII but
// control characters, quote and backslash. Eight bytes at a time, as text is mostly such.
inline const char* end_of_plain(const char* at, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kTops = 0x8080808080808080U;
  // A byte below the given one sets its top bit, where bytes have none themselves.
  const auto below = [](std::uint64_t word, std::uint64_t byte) {
    return (word - kOnes * byte) & ~word;
  };
  const auto has_special = [&](const char* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof(word));
    const std::uint64_t special =
        below(word, 0x20) | below(word ^ (kOnes * '"'), 1) | below(word ^ (kOnes * '\\'), 1) | word;
    return (special & kTops) != 0;
  };
  constexpr std::ptrdiff_t kWord = sizeof(std::uint64_t);
  const char* const start = at;
  while (end - at >= kWord && !has_special(at)) at += kWord;
  // What is left of a text of some length is seen with a part that is known to be plain.
  if (end - at < kWord && end - start >= kWord && !has_special(end - kWord)) return end;
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  };
  while (at != end && is_plain(*at)) ++at;
  return at;
}

}  // namespace sqlbus
