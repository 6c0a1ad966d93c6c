// Reads the tokens of a statement as PostgreSQL's own lexer does (standard_conforming_strings on),
// as far as an INSERT of plain values needs them. A function that finds something else says no, and
// the place where it stands does not matter any more.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace sqlbus::postgres {

class SqlScanner {
 public:
  explicit SqlScanner(std::string_view sql) : sql_(sql) {}

  std::size_t at() const { return at_; }
  std::string_view text(std::size_t begin, std::size_t end) const {
    return sql_.substr(begin, end - begin);
  }

  // White space and comments; false at a comment without end.
  bool skip_blanks();
  bool is_at_end() const { return at_ == sql_.size(); }
  char peek() const { return at_ < sql_.size() ? sql_[at_] : '\0'; }

  bool take(char c);
  // A word, whatever its case; `word` in lower case.
  bool take_word(std::string_view word);
  // A plain or a "quoted" name.
  bool take_name();
  // $12; 0 where it is none.
  std::size_t take_placeholder();
  // Digits with or without a sign, a point and an exponent.
  std::optional<std::string_view> take_number();
  // 'it''s', E'it\'s' or $tag$it's$tag$; the text is borrowed, or added to `unescaped`.
  std::optional<std::string_view> take_string(std::deque<std::string>& unescaped);

 private:
  bool skip_comment();
  std::optional<std::string_view> take_quoted(std::deque<std::string>& unescaped);
  std::optional<std::string_view> take_escaped(std::deque<std::string>& unescaped);
  std::optional<std::string_view> take_dollar_quoted();

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace sqlbus::postgres
