// Gathers the lines of statements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sqlbus {

// A statement ends with a semicolon that stands in no string, name or comment, nor within the body
// of a trigger or routine (CREATE … BEGIN … END). What is read is looked at once.
class StatementBuffer {
 public:
  enum class State : std::uint8_t {
    kText,
    kString,        // '…'
    kName,          // "…"
    kBackquoted,    // `…`
    kLineComment,   // -- …
    kBlockComment,  // /* … */, one in another too
    kDollarQuoted,  // $tag$ … $tag$
  };

  // As MariaDB has it: a backslash in a string takes the next character with it.
  void set_backslashes(bool are_escapes) { has_backslashes_ = are_escapes; }
  // The line, without its end.
  void add_line(std::string_view line);
  // The next whole statement, without its semicolon; nothing where there is none yet.
  std::optional<std::string> take();
  // What is left where no more lines come.
  std::string take_rest();
  void clear();

  // Nothing but blanks and comments stands there.
  bool is_blank() const { return !has_text_; }
  // What a next line would be part of.
  State state() const { return state_; }

 private:
  void step();
  void step_text();
  void step_quoted(char quote);
  void step_block_comment();
  void end_word();
  void look_at_word(std::string_view word);
  bool starts_at(std::string_view part) const {
    return std::string_view(text_).substr(at_).starts_with(part);
  }
  void begin_statement();

  std::string text_;
  std::size_t at_ = 0;  // what stands before it has been looked at
  State state_ = State::kText;
  bool has_backslashes_ = false;
  bool has_text_ = false;
  int comments_ = 0;        // open, one in the other
  std::string dollar_tag_;  // with both dollars
  std::string word_;        // that is being read, in capitals
  std::string word_before_;
  int words_ = 0;  // of the statement
  bool is_create_ = false;
  bool has_body_ = false;  // it makes something that may have a body
  int blocks_ = 0;         // BEGIN and CASE without their END
  bool is_whole_ = false;  // the semicolon is behind at_
};

}  // namespace sqlbus
