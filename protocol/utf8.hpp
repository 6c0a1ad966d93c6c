// Valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sqlbus {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

// Bytes of the character at the start of a text that is not empty; 0 where there is none.
std::size_t utf8_character_bytes(std::string_view text);
bool is_utf8(std::string_view text);
// Each byte that belongs to no character becomes U+FFFD.
std::string to_utf8(std::string_view bytes);
// The longest beginning of a valid text within bytes_max that ends at a character.
std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);
// An error's text as it goes out: valid, and cut to kMessageBytesMax.
std::string message_text(std::string_view bytes);

}  // namespace sqlbus
