#include "protocol/ledger_entry.hpp"

#include <sodium.h>

#include <array>

namespace sqlbus {
namespace {

constexpr char kCompactMark = '\x01';
constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kUuidChars = 36;
constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr bool is_hyphen_place(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

// Appends parts in a way that no two sequences of parts share: each with its length before it.
class Parts {
 public:
  explicit Parts(std::string& bytes) : bytes_(bytes) { bytes_.clear(); }

  void add(std::string_view text) {
    add(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
  }
  void add(std::int64_t value) {
    std::array<char, sizeof value> bytes{};  // little-endian, on every machine
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
    bytes_.append(bytes.data(), bytes.size());
  }
  void add(const Statement& statement) {
    add(statement.sql);
    add(static_cast<std::int64_t>(statement.params.size()));
    for (const auto& param : statement.params) {
      add(static_cast<std::int64_t>(param.kind));
      add(param.integer);
      add(param.text);
    }
  }

 private:
  std::string& bytes_;
};

}  // namespace

std::string ledger_id_of(std::string_view uuid) {
  if (uuid.size() != kUuidChars) return std::string(uuid);
  std::string id(1, kCompactMark);
  bool is_high = true;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (is_hyphen_place(i)) {
      if (uuid[i] != '-') return std::string(uuid);
      continue;
    }
    const auto digit = kHexDigits.find(uuid[i]);
    if (digit == std::string_view::npos) return std::string(uuid);
    if (is_high) {
      id += static_cast<char>(digit << 4U);
    } else {
      id.back() = static_cast<char>(static_cast<unsigned char>(id.back()) | digit);
    }
    is_high = !is_high;
  }
  return id;
}

std::string uuid_of_ledger_id(std::string_view id) {
  if (id.size() != kUuidBytes + 1 || id.front() != kCompactMark) return std::string(id);
  std::string uuid;
  for (const char c : id.substr(1)) {
    if (is_hyphen_place(uuid.size())) uuid += '-';
    const auto byte = static_cast<unsigned char>(c);
    uuid += kHexDigits[byte >> 4U];
    uuid += kHexDigits[byte & 15U];
  }
  return uuid;
}

std::uint64_t digest_of(const Request& request) {
  std::string scratch;
  return digest_of(request, scratch);
}

std::uint64_t digest_of(const Request& request, std::string& bytes) {
  Parts parts(bytes);
  parts.add(request.app);
  parts.add(static_cast<std::int64_t>(request.form));
  parts.add(static_cast<std::int64_t>(request.statements.size()));
  for (const auto& statement : request.statements) parts.add(statement);
  parts.add(static_cast<std::int64_t>(request.key.has_value()));
  parts.add(request.key ? request.key->view() : std::string_view());

  constexpr std::array<unsigned char, crypto_shorthash_KEYBYTES> kKey{};
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                   kKey.data());
  std::uint64_t digest = 0;
  for (std::size_t i = 0; i < hash.size(); ++i) digest |= std::uint64_t{hash[i]} << (8 * i);
  return digest;
}

}  // namespace sqlbus
