#include "client/command/load/member_scan.hpp"

#include <algorithm>

#include "protocol/json_text.hpp"

namespace sqlbus {

namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return (x & ~0x20) == y;  // b holds capitals alone
         });
}

class Scan {
 public:
  explicit Scan(std::string_view json) : at_(json.data()), end_(json.data() + json.size()) {}

  std::optional<EnvelopeMembers> run() {
    EnvelopeMembers members;
    if (!take('{')) return std::nullopt;
    do {
      std::string_view name;
      if (!take_string(&name) || !take(':') || !take_value()) return std::nullopt;
      members.add(name);
    } while (take(','));
    if (!take('}')) return std::nullopt;
    skip_blanks();
    if (at_ != end_) return std::nullopt;
    return members;
  }

 private:
  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }

  bool take(char c) {
    skip_blanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // A name with an escape in it is not read here.
  bool take_string(std::string_view* text = nullptr) {
    if (!take('"')) return false;
    const char* const begin = at_;
    for (;;) {
      at_ = end_of_plain(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      const auto byte = static_cast<unsigned char>(*at_);
      if (byte < 0x20 || (byte == '\\' && (text != nullptr || ++at_ == end_))) return false;
      ++at_;
    }
    if (text != nullptr) *text = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  bool take_value() {
    skip_blanks();
    if (at_ == end_) return false;
    if (*at_ == '"') return take_string();
    if (*at_ == '{' || *at_ == '[') return take_container();
    const char* const begin = at_;
    const auto is_scalar = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '+' ||
             c == 'E';
    };
    while (at_ != end_ && is_scalar(*at_)) ++at_;
    return at_ != begin;
  }

  bool take_container() {
    std::size_t depth = 0;
    while (at_ != end_) {
      const char c = *at_;
      if (c == '"') {
        if (!take_string()) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

}  // namespace

void EnvelopeMembers::add(std::string_view name) {
  for (std::size_t i = 0; i < kEnvelopeMembers.size(); ++i) {
    if (is_same_name(name, kEnvelopeMembers[i])) found_ |= 1U << i;
  }
}

std::optional<EnvelopeMembers> scan_members(std::string_view json) { return Scan(json).run(); }

}  // namespace sqlbus
