// Cuts a statement into tokens by a database's lexical rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/odbc/dialect.hpp"

namespace sqlbus::odbc {

struct Token {
  enum class Kind : std::uint8_t {
    kEnd,
    kWord,  // a name or keyword without quotes
    kName,  // a quoted one
    kString,
    kNumber,
    kPlaceholder,
    kSemicolon,
    kSymbol,       // one character
    kExecutable,   // the begin of a comment that is code
    kUnterminated  // a string, name or comment without end; it goes to the end of the text
  };

  Kind kind = Kind::kEnd;
  std::string_view text = {};
  std::size_t begin = 0;
};

class Lexer {
 public:
  Lexer(std::string_view sql, const LexicalRules& rules) : sql_(sql), rules_(rules) {}

  Token next();  // blanks and comments are passed over

 private:
  bool skip_blanks();  // false at a comment without end
  bool skip_comment();
  Token take(Token::Kind kind, std::size_t end);
  Token take_quoted(Token::Kind kind, char quote, bool has_escapes, std::size_t from);
  Token take_dollar_quoted();
  Token take_word();
  Token take_number();
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
  }

  std::string_view sql_;
  const LexicalRules& rules_;
  std::size_t at_ = 0;
};

// Without regard to case; `word` in capitals.
bool is_word(const Token& token, std::string_view word);

}  // namespace sqlbus::odbc
