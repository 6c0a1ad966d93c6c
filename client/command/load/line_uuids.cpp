#include "client/command/load/line_uuids.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

namespace sqlbus {

namespace {

using Bytes = std::array<unsigned char, 16>;

void hash(crypto_generichash_state& state, std::string_view text) {
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                            text.size());
}

Bytes digest(std::string_view name, std::string_view context) {
  Bytes out{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, out.size());
  hash(state, name);
  hash(state, std::string_view("\0", 1));  // no name holds one
  hash(state, context);
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

unsigned char byte_of(std::uint64_t number, unsigned shift) {
  return static_cast<unsigned char>(number >> shift);
}

void append_text(std::string& out, const Bytes& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kDigits[bytes[i] >> 4U];
    out += kDigits[bytes[i] & 0x0FU];
  }
}

}  // namespace

LineUuids::LineUuids(std::string_view name, std::string_view context) {
  // It fails only where the system has no random numbers, of which none are needed here.
  if (sodium_init() < 0) std::abort();
  const Bytes of_name = digest(name, "");
  std::copy_n(of_name.begin(), name_.size(), name_.begin());
  key_ = digest(name, context);
}

void LineUuids::append(std::string& out, std::uint64_t line, std::string_view content) const {
  Bytes said{};
  static_assert(crypto_shorthash_siphashx24_BYTES == 16);
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16);
  crypto_shorthash_siphashx24(said.data(), reinterpret_cast<const unsigned char*>(content.data()),
                              content.size(), key_.data());
  Bytes bytes{};
  std::copy(name_.begin(), name_.end(), bytes.begin());
  bytes[4] = byte_of(line, 36);
  bytes[5] = byte_of(line, 28);
  bytes[6] = static_cast<unsigned char>(0x80U | (byte_of(line, 24) & 0x0FU));  // version 8
  bytes[7] = byte_of(line, 16);
  bytes[8] = static_cast<unsigned char>(0x80U | (byte_of(line, 10) & 0x3FU));  // RFC variant
  bytes[9] = byte_of(line, 2);
  bytes[10] = static_cast<unsigned char>((line & 0x03U) << 6U | (said[10] & 0x3FU));
  std::copy_n(said.begin() + 11, 5, bytes.begin() + 11);
  append_text(out, bytes);
}

}  // namespace sqlbus
