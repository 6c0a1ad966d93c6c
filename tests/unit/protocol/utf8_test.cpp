#include "protocol/utf8.hpp"

#include <doctest/doctest.h>

#include "protocol/limits.hpp"

namespace sqlbus {

TEST_CASE("valid UTF-8 is told from what only looks like it") {
  for (const std::string_view text :
       {"", "ascii", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "a longer text of ASCII with \xC3\xA4 in it"}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
    CHECK(to_utf8(text) == text);
  }
  for (const std::string_view text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xE4\xB8", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF", "a longer text of ASCII with \xC3 in it", "sixteen bytes...\xC3"}) {
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
    CHECK(is_utf8(to_utf8(text)));
  }
}

TEST_CASE("each byte that belongs to no character becomes U+FFFD") {
  CHECK(to_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(to_utf8("\xE4\xB8z") == "\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST_CASE("a text is cut at a character") {
  CHECK(cut_utf8("abc", 3) == "abc");
  CHECK(cut_utf8("abc", 2) == "ab");
  CHECK(cut_utf8("a\xE6\xBC\xA2", 3) == "a");
  CHECK(cut_utf8("a\xE6\xBC\xA2", 4) == "a\xE6\xBC\xA2");
  CHECK(cut_utf8("\xF0\x9F\x98\x80", 3).empty());
}

TEST_CASE("a message is cut at a character, after it was made valid") {
  constexpr std::size_t kMax = limits::kMessageBytesMax;
  const std::string almost(kMax - 1, 'x');
  CHECK(message_text("short") == "short");
  CHECK(message_text(almost + "\xC3\xA4") == almost);
  CHECK(message_text(almost + "yz") == almost + "y");
  CHECK(message_text(std::string(10 * kMax, '\xFF')).size() == kMax / 3 * 3);
  for (std::size_t padding = 0; padding < 8; ++padding) {
    std::string text(kMax - padding, 'x');
    for (int i = 0; i < 4; ++i) text += "\xF0\x9F\x98\x80";
    CHECK(is_utf8(message_text(text)));
    CHECK(message_text(text).find(kReplacementCharacter) == std::string::npos);
  }
}

}  // namespace sqlbus
