#include "protocol/json_writer.hpp"

#include <array>
#include <charconv>
#include <cstddef>

#include "protocol/base64.hpp"
#include "protocol/json_text.hpp"
#include "protocol/utf8.hpp"

namespace sqlbus {
namespace {

// The letter of a short escape, or NUL where the character has none.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return '\0';
  }
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '\\';
  if (const char letter = short_escape(c)) {
    out += letter;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "u00";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0x0FU];
}

template <typename T>
void append_number(std::string& out, T value) {
  std::array<char, 32> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

}  // namespace

JsonWriter& JsonWriter::open(JsonContainer container) {
  separate();
  out_ += container == JsonContainer::kObject ? '{' : '[';
  return *this;
}

JsonWriter& JsonWriter::close(JsonContainer container) {
  out_ += container == JsonContainer::kObject ? '}' : ']';
  return *this;
}

// In one piece, as all our names are short and plain.
JsonWriter& JsonWriter::name(std::string_view name) {
  std::array<char, 40> piece{};
  constexpr std::size_t kFrameBytes = 4;
  const char* const end = name.data() + name.size();
  if (name.size() + kFrameBytes > piece.size() || end_of_plain(name.data(), end) != end) {
    separate();
    append_string(name);
    out_ += ':';
    return *this;
  }
  char* at = piece.data();
  if (needs_comma()) *at++ = ',';
  *at++ = '"';
  at += name.copy(at, name.size());
  *at++ = '"';
  *at++ = ':';
  out_.append(piece.data(), static_cast<std::size_t>(at - piece.data()));
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_string(text);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::moment(EpochTime time) {
  separate();
  append_epoch_text(out_, time);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::base64(std::string_view bytes) {
  separate();
  out_ += '"';
  out_ += base64_encode(bytes);
  out_ += '"';
  return *this;
}

bool JsonWriter::needs_comma() const {
  if (out_.empty()) return false;
  const char last = out_.back();
  return last != '{' && last != '[' && last != ':' && last != ',';
}

void JsonWriter::separate() {
  if (needs_comma()) out_ += ',';
}

void JsonWriter::append_string(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (end_of_plain(text.data(), end) == end) {
    const std::size_t start = out_.size();
    out_.append(text.size() + 2, '"');
    text.copy(out_.data() + start + 1, text.size());
    return;
  }
  append_escaped(text);
}

void JsonWriter::append_escaped(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const char* const rest = end_of_plain(text.data(), text.data() + text.size());
    const auto plain = static_cast<std::size_t>(rest - text.data());
    out_.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;

    const std::size_t size = utf8_character_bytes(text);
    if (size == 0) {
      out_ += kReplacementCharacter;
    } else if (size == 1) {
      append_escape(out_, text.front());
    } else {
      out_.append(text, 0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out_ += '"';
}

}  // namespace sqlbus
