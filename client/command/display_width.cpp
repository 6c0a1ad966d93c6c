#include "client/command/display_width.hpp"

#include <clocale>
#include <cwchar>

namespace sqlbus {

namespace {

// The thread's characters are UTF-8 as long as this lives, whatever LANG says.
class Utf8Scope {
 public:
  Utf8Scope() : previous_(uselocale(utf8())) {}
  ~Utf8Scope() { uselocale(previous_); }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;

 private:
  static locale_t utf8() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }

  locale_t previous_;
};

struct Character {
  std::size_t bytes = 1;
  int width = -1;  // -1: not to be printed as it is
};

// The character that `text`, which is not empty, begins with.
Character first_character(std::string_view text) {
  wchar_t wide = 0;
  std::mbstate_t state{};
  const std::size_t bytes = std::mbrtowc(&wide, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {};
  return {.bytes = bytes, .width = wcwidth(wide)};
}

std::string escaped(char byte) {
  switch (byte) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      constexpr std::string_view kDigits = "0123456789abcdef";
      const auto value = static_cast<unsigned char>(byte);
      return {'\\', 'x', kDigits[value >> 4U], kDigits[value & 15U]};
  }
}

}  // namespace

std::size_t display_width(std::string_view text) {
  const Utf8Scope utf8;
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.width > 0) width += static_cast<std::size_t>(character.width);
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  const Utf8Scope utf8;
  std::size_t width = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character character = first_character(text.substr(bytes));
    const auto wide = character.width > 0 ? static_cast<std::size_t>(character.width) : 0;
    if (width + wide > columns - 1) break;
    width += wide;
    bytes += character.bytes;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

std::string printable(std::string_view text) {
  const Utf8Scope utf8;
  std::string shown;
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::string_view bytes = text.substr(0, character.bytes);
    if (character.width >= 0) {
      shown += bytes;
    } else {
      for (const char byte : bytes) shown += escaped(byte);
    }
    text.remove_prefix(character.bytes);
  }
  return shown;
}

}  // namespace sqlbus
