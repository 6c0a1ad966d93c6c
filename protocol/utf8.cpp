#include "protocol/utf8.hpp"

#include <cstdint>
#include <cstring>

#include "protocol/limits.hpp"

namespace sqlbus {
namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// What the second byte of a character may be depends on the first one (RFC 3629, section 4).
bool is_second(unsigned char first, unsigned char second) {
  if (!is_continuation(second)) return false;
  switch (first) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

std::size_t bytes_by_first(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// Most text is ASCII: it is passed over eight bytes at a time.
std::size_t ascii_words(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  while (at + sizeof(word) <= text.size()) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if ((word & 0x8080808080808080U) != 0) break;
    at += sizeof(word);
  }
  return at;
}

}  // namespace

std::size_t utf8_character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t size = bytes_by_first(byte(0));
  if (size > text.size()) return 0;
  if (size >= 2 && !is_second(byte(0), byte(1))) return 0;
  if (size >= 3 && !is_continuation(byte(2))) return 0;
  if (size >= 4 && !is_continuation(byte(3))) return 0;
  return size;
}

bool is_utf8(std::string_view text) {
  std::size_t at = ascii_words(text, 0);
  while (at < text.size()) {
    const std::size_t size = utf8_character_bytes(text.substr(at));
    if (size == 0) return false;
    at += size;
    if (size == 1) at = ascii_words(text, at);
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t size = utf8_character_bytes(bytes);
    text += size == 0 ? kReplacementCharacter : bytes.substr(0, size);
    bytes.remove_prefix(size == 0 ? 1 : size);
  }
  return text;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && is_continuation(static_cast<unsigned char>(text[end]))) --end;
  return text.substr(0, end);
}

std::string message_text(std::string_view bytes) {
  constexpr std::size_t kCharacterBytesMax = 4;
  // A character that this first cut breaks lies behind the second one.
  std::string text = to_utf8(bytes.substr(0, limits::kMessageBytesMax + kCharacterBytesMax));
  text.resize(cut_utf8(text, limits::kMessageBytesMax).size());
  return text;
}

}  // namespace sqlbus
