#include "drivers/odbc/lexer.hpp"

#include <algorithm>

namespace sqlbus::odbc {
namespace {

using TokenKind = Token::Kind;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
bool begins_name(char c) {
  return (upper(c) >= 'A' && upper(c) <= 'Z') || c == '_' || c == '@' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) {
  return (begins_name(c) && c != '@') || is_digit(c) || c == '$' || c == '#';
}

}  // namespace

Token Lexer::next() {
  const auto begin = at_;
  if (!skip_blanks()) {
    at_ = begin;
    return take(TokenKind::kUnterminated, sql_.size());
  }
  if (at_ == sql_.size()) return {.begin = at_};
  const char c = sql_[at_];
  switch (c) {
    case '\'':
      return take_quoted(TokenKind::kString, c, rules_.backslash_escapes, at_ + 1);
    case '"':
      return take_quoted(rules_.double_quoted_strings ? TokenKind::kString : TokenKind::kName, c,
                         rules_.double_quoted_strings && rules_.backslash_escapes, at_ + 1);
    case '?':
      return take(TokenKind::kPlaceholder, at_ + 1);
    case ';':
      return take(TokenKind::kSemicolon, at_ + 1);
    case '/':  // only code is left of the comments here
      return take(peek(1) == '*' ? TokenKind::kExecutable : TokenKind::kSymbol,
                  peek(1) == '*' ? sql_.find('!', at_) + 1 : at_ + 1);
    default:
      break;
  }
  if (c == '`' && rules_.backticks) return take_quoted(TokenKind::kName, c, false, at_ + 1);
  if (c == '[' && rules_.brackets) return take_quoted(TokenKind::kName, ']', false, at_ + 1);
  if (c == '$' && rules_.dollar_quotes) return take_dollar_quoted();
  if (is_digit(c)) return take_number();
  if (begins_name(c)) return take_word();
  return take(TokenKind::kSymbol, at_ + 1);
}

Token Lexer::take(TokenKind kind, std::size_t end) {
  const Token token{kind, sql_.substr(at_, end - at_), at_};
  at_ = end;
  return token;
}

bool Lexer::skip_blanks() {
  while (at_ < sql_.size()) {
    const bool has_dashes = peek() == '-' && peek(1) == '-';
    const bool is_dash_comment =
        has_dashes && (!rules_.blank_behind_dashes || at_ + 2 == sql_.size() || is_blank(peek(2)));
    if (is_blank(peek())) {
      ++at_;
    } else if (is_dash_comment || (peek() == '#' && rules_.hash_comments)) {
      at_ = std::min(sql_.find('\n', at_), sql_.size());
    } else if (peek() == '/' && peek(1) == '*') {
      const bool is_code = peek(2) == '!' || (upper(peek(2)) == 'M' && peek(3) == '!');
      if (is_code && rules_.executable_comments) return true;
      if (!skip_comment()) return false;
    } else {
      return true;
    }
  }
  return true;
}

bool Lexer::skip_comment() {
  int depth = 1;
  at_ += 2;
  while (at_ < sql_.size()) {
    const auto two = sql_.substr(at_, 2);
    if (two == "*/") {
      at_ += 2;
      if (--depth == 0) return true;
    } else if (two == "/*" && rules_.nested_comments) {
      at_ += 2;
      ++depth;
    } else {
      ++at_;
    }
  }
  return false;
}

Token Lexer::take_quoted(TokenKind kind, char quote, bool has_escapes, std::size_t from) {
  for (auto i = from; i < sql_.size(); ++i) {
    if (sql_[i] == '\\' && has_escapes) {
      ++i;
    } else if (sql_[i] == quote) {
      if (i + 1 == sql_.size() || sql_[i + 1] != quote) return take(kind, i + 1);
      ++i;
    }
  }
  return take(TokenKind::kUnterminated, sql_.size());
}

Token Lexer::take_dollar_quoted() {
  auto end = at_ + 1;
  if (end < sql_.size() && is_digit(sql_[end])) {  // $1
    while (end < sql_.size() && is_digit(sql_[end])) ++end;
    return take(TokenKind::kPlaceholder, end);
  }
  while (end < sql_.size() && continues_name(sql_[end]) && sql_[end] != '$') ++end;
  if (end == sql_.size() || sql_[end] != '$') return take(TokenKind::kSymbol, at_ + 1);
  const auto tag = sql_.substr(at_, end + 1 - at_);
  const auto close = sql_.find(tag, end + 1);
  if (close == std::string_view::npos) return take(TokenKind::kUnterminated, sql_.size());
  return take(TokenKind::kString, close + tag.size());
}

Token Lexer::take_word() {
  // E'it\'s'
  if (rules_.dollar_quotes && upper(peek()) == 'E' && peek(1) == '\'') {
    return take_quoted(TokenKind::kString, '\'', true, at_ + 2);
  }
  auto end = at_ + 1;
  while (end < sql_.size() && continues_name(sql_[end])) ++end;
  return take(TokenKind::kWord, end);
}

Token Lexer::take_number() {
  auto end = at_ + 1;
  while (end < sql_.size() && (continues_name(sql_[end]) || sql_[end] == '.')) {
    const bool has_exponent = upper(sql_[end]) == 'E' && end + 1 < sql_.size();
    ++end;
    if (has_exponent && (sql_[end] == '-' || sql_[end] == '+')) ++end;
  }
  return take(TokenKind::kNumber, end);
}

bool is_word(const Token& token, std::string_view word) {
  return token.kind == TokenKind::kWord && token.text.size() == word.size() &&
         std::equal(word.begin(), word.end(), token.text.begin(),
                    [](char wanted, char given) { return wanted == upper(given); });
}

}  // namespace sqlbus::odbc
