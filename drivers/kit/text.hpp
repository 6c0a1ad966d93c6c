// Between the ABI's borrowed text and the standard library's.
#pragma once

#include <cstddef>
#include <string_view>

#include "../sqlbus_driver.h"

namespace sqlbus::driver {

inline std::string_view view_of(const sqlbus_text& text) {
  return text.size == 0 ? std::string_view{} : std::string_view{text.data, text.size};
}

inline sqlbus_text text_of(std::string_view view) { return {view.data(), view.size()}; }

inline bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// The longest head of a UTF-8 text that fits and does not end inside a character.
inline std::string_view head_of(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

}  // namespace sqlbus::driver
