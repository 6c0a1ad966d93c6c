#include "drivers/postgres/sql_scanner.hpp"

#include <charconv>
#include <utility>

namespace sqlbus::postgres {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | ' ') : c; }
bool begins_name(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == '$'; }

}  // namespace

bool SqlScanner::skip_blanks() {
  while (at_ < sql_.size()) {
    if (is_blank(sql_[at_])) {
      ++at_;
    } else if (sql_.substr(at_, 2) == "--") {
      const auto end = sql_.find_first_of("\r\n", at_);
      at_ = end == sql_.npos ? sql_.size() : end;
    } else if (sql_.substr(at_, 2) == "/*") {
      if (!skip_comment()) return false;
    } else {
      return true;
    }
  }
  return true;
}

// Comments nest.
bool SqlScanner::skip_comment() {
  int depth = 0;
  while (at_ < sql_.size()) {
    const auto two = sql_.substr(at_, 2);
    if (two == "/*" || two == "*/") {
      at_ += 2;
      depth += two == "/*" ? 1 : -1;
      if (depth == 0) return true;
    } else {
      ++at_;
    }
  }
  return false;
}

bool SqlScanner::take(char c) {
  if (peek() != c) return false;
  ++at_;
  return true;
}

bool SqlScanner::take_word(std::string_view word) {
  if (sql_.size() - at_ < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(sql_[at_ + i]) != word[i]) return false;
  }
  const auto end = at_ + word.size();
  if (end < sql_.size() && continues_name(sql_[end])) return false;
  at_ = end;
  return true;
}

bool SqlScanner::take_name() {
  if (take('"')) {
    const auto begin = at_;
    while (true) {
      at_ = sql_.find('"', at_);
      if (at_ == sql_.npos) return false;
      ++at_;
      if (!take('"')) return at_ - begin > 1;
    }
  }
  if (!begins_name(peek())) return false;
  while (continues_name(peek())) ++at_;
  return peek() != '"' && peek() != '\'' && peek() != '&';  // U&"…"
}

std::size_t SqlScanner::take_placeholder() {
  if (!take('$')) return 0;
  std::size_t number = 0;
  const auto* begin = sql_.data() + at_;
  const auto [end, error] = std::from_chars(begin, sql_.data() + sql_.size(), number);
  if (error != std::errc{} || *begin == '0') return 0;
  at_ += static_cast<std::size_t>(end - begin);
  return continues_name(peek()) ? 0 : number;
}

std::optional<std::string_view> SqlScanner::take_number() {
  const auto begin = at_;
  take('-');
  const auto first = at_;
  while (is_digit(peek())) ++at_;
  std::size_t digits = at_ - first;
  if (take('.')) {
    const auto fraction = at_;
    while (is_digit(peek())) ++at_;
    digits += at_ - fraction;
  }
  if (digits == 0) return std::nullopt;
  if (lower(peek()) == 'e') {
    ++at_;
    if (!take('-')) take('+');
    const auto exponent = at_;
    while (is_digit(peek())) ++at_;
    if (at_ == exponent) return std::nullopt;
  }
  if (continues_name(peek()) || peek() == '.') return std::nullopt;
  return text(begin, at_);
}

std::optional<std::string_view> SqlScanner::take_string(std::deque<std::string>& unescaped) {
  if (take('\'')) return take_quoted(unescaped);
  if (peek() == '$') return take_dollar_quoted();
  if (lower(peek()) == 'e' && sql_.substr(at_ + 1, 1) == "'") {
    at_ += 2;
    return take_escaped(unescaped);
  }
  return std::nullopt;
}

std::optional<std::string_view> SqlScanner::take_quoted(std::deque<std::string>& unescaped) {
  const auto begin = at_;
  std::string* changed = nullptr;
  auto from = begin;
  while (true) {
    at_ = sql_.find('\'', at_);
    if (at_ == sql_.npos) return std::nullopt;
    ++at_;
    if (peek() != '\'') break;
    if (changed == nullptr) changed = &unescaped.emplace_back();
    changed->append(text(from, at_));
    from = ++at_;
  }
  if (changed == nullptr) return text(begin, at_ - 1);
  changed->append(text(from, at_ - 1));
  return *changed;
}

// The escapes that need no table; a string with any other one stays as it is.
std::optional<std::string_view> SqlScanner::take_escaped(std::deque<std::string>& unescaped) {
  auto& out = unescaped.emplace_back();
  while (at_ < sql_.size()) {
    const char c = sql_[at_++];
    if (c == '\'') {
      if (!take('\'')) return out;
      out += '\'';
    } else if (c != '\\') {
      out += c;
    } else {
      constexpr std::string_view kNames = "bfnrt\\'\"";
      constexpr std::string_view kMeant = "\b\f\n\r\t\\'\"";
      const auto which = kNames.find(peek());
      if (is_at_end() || which == kNames.npos) return std::nullopt;
      out += kMeant[which];
      ++at_;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> SqlScanner::take_dollar_quoted() {
  const auto begin = at_++;
  if (is_digit(peek())) return std::nullopt;
  while (continues_name(peek()) && peek() != '$') ++at_;
  if (!take('$')) return std::nullopt;
  const auto tag = text(begin, at_);
  const auto end = sql_.find(tag, at_);
  if (end == sql_.npos) return std::nullopt;
  const auto inner = text(at_, end);
  at_ = end + tag.size();
  return inner;
}

}  // namespace sqlbus::postgres
