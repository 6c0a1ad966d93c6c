// Text of unknown origin, made safe for a line that a person or a program reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sqlbus {

// Appends the text with '"', '\' and control characters escaped as in a JSON string. Bytes that
// are no UTF-8 become two hexadecimal digits behind byte_prefix.
void append_escaped(std::string& out, std::string_view text, std::string_view byte_prefix);

// Its beginning, of whole characters, with so many bytes at most.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);

// The text escaped between single quotes, cut where it is long.
std::string quote(std::string_view text);

}  // namespace sqlbus
