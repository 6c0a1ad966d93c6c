#include "daemon/config/escape.hpp"

#include <cstdint>

#include "protocol/utf8.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kQuoteBytesMax = 60;

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

void append_hex(std::string& out, std::uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0x0FU];
}

void append_ascii(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (character >= ' ' && character != '\x7f') {
    out += character;
    return;
  }
  out += "\\u00";
  append_hex(out, static_cast<std::uint8_t>(character));
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, std::string_view byte_prefix) {
  while (!text.empty()) {
    const std::uint8_t first = byte_at(text, 0);
    const std::size_t length = utf8_character_bytes(text);
    if (length == 0) {
      out += byte_prefix;
      append_hex(out, first);
    } else if (length == 1) {
      append_ascii(out, text[0]);
    } else if (first == 0xC2 && byte_at(text, 1) < 0xA0) {  // C1: a terminal obeys these too
      out += "\\u00";
      append_hex(out, byte_at(text, 1));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto length = bytes_max;
  while (length > 0 && (byte_at(text, length) & 0xC0U) == 0x80U) --length;
  return text.substr(0, length);
}

std::string quote(std::string_view text) {
  const auto shown = cut_text(text, kQuoteBytesMax);
  std::string out = "'";
  append_escaped(out, shown, "\\x");
  if (shown.size() < text.size()) out += "...";
  return out + "'";
}

}  // namespace sqlbus
