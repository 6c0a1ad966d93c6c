#include "daemon/config/secrets.hpp"

#include <algorithm>

namespace sqlbus {
namespace {

constexpr std::string_view kShown = "***";

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | ' ') : c;
  return out;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

void Secrets::add(std::string_view secret) {
  if (secret.empty()) return;
  secrets_.emplace_back(secret);
  std::sort(secrets_.begin(), secrets_.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

// A value in braces may hold a semicolon, and }} for }.
void Secrets::add_connection_string(std::string_view text) {
  const auto small = lower(text);
  for (const std::string_view key : {"pwd", "password"}) {
    for (auto at = small.find(key); at != std::string::npos; at = small.find(key, at + 1)) {
      auto begin = at + key.size();
      while (begin < text.size() && is_blank(text[begin])) ++begin;
      if (begin == text.size() || text[begin] != '=') continue;
      do ++begin;
      while (begin < text.size() && is_blank(text[begin]));
      const bool is_braced = begin < text.size() && text[begin] == '{';
      auto end = text.find(is_braced ? '}' : ';', begin);
      while (is_braced && end < text.size() && text.substr(end, 2) == "}}") {
        end = text.find('}', end + 2);
      }
      const auto value = text.substr(begin, std::min(end, text.size()) - begin);
      add(value);
      if (is_braced) add(value.substr(1));
    }
  }
}

std::string Secrets::masked(std::string text) const {
  for (const auto& secret : secrets_) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), kShown);
      at += kShown.size();
    }
  }
  return text;
}

}  // namespace sqlbus
