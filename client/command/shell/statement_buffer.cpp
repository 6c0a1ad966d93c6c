#include "client/command/shell/statement_buffer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace sqlbus {

namespace {

// BEGIN is near the beginning of what it belongs to.
constexpr int kHeadWords = 6;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string trimmed(const std::string& text) {
  const auto begin = std::find_if_not(text.begin(), text.end(), is_space);
  const auto end = std::find_if_not(text.rbegin(), text.rend(), is_space).base();
  return begin < end ? std::string(begin, end) : std::string();
}

bool is_word_part(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

void StatementBuffer::add_line(std::string_view line) { text_.append(line).append("\n"); }

std::optional<std::string> StatementBuffer::take() {
  while (!is_whole_ && at_ < text_.size()) step();
  if (!is_whole_) {
    // Blanks and comments before a statement are no part of it.
    if (!has_text_ && state_ == State::kText) {
      text_.erase(0, at_);
      at_ = 0;
    }
    return std::nullopt;
  }
  std::string statement = text_.substr(0, at_ - 1);
  text_.erase(0, at_);
  begin_statement();
  return trimmed(statement);
}

std::string StatementBuffer::take_rest() {
  std::string rest = has_text_ ? text_ : "";
  clear();
  return trimmed(rest);
}

void StatementBuffer::clear() {
  text_.clear();
  state_ = State::kText;
  begin_statement();
}

void StatementBuffer::begin_statement() {
  at_ = 0;
  has_text_ = is_create_ = has_body_ = is_whole_ = false;
  words_ = blocks_ = 0;
  word_.clear();
  word_before_.clear();
}

void StatementBuffer::step() {
  switch (state_) {
    case State::kText:
      step_text();
      return;
    case State::kString:
      step_quoted('\'');
      return;
    case State::kName:
      step_quoted('"');
      return;
    case State::kBackquoted:
      step_quoted('`');
      return;
    case State::kBlockComment:
      step_block_comment();
      return;
    case State::kLineComment: {
      const auto end = text_.find('\n', at_);
      at_ = end == std::string::npos ? text_.size() : end;
      if (end != std::string::npos) state_ = State::kText;
      return;
    }
    case State::kDollarQuoted: {
      const auto end = text_.find(dollar_tag_, at_);
      // The tag is of one line, and lines come whole.
      at_ = end == std::string::npos ? text_.size() : end + dollar_tag_.size();
      if (end != std::string::npos) state_ = State::kText;
      return;
    }
  }
}

void StatementBuffer::step_text() {
  const char c = text_[at_];
  if (is_word_part(c) && (c != '$' || !word_.empty())) {
    has_text_ = true;
    word_ += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    ++at_;
    return;
  }
  end_word();
  if (starts_at("--")) {
    state_ = State::kLineComment;
  } else if (starts_at("/*")) {
    state_ = State::kBlockComment;
    comments_ = 0;
  } else if (c == ';' && blocks_ <= 0) {
    ++at_;
    // A semicolon by itself ends nothing.
    if (has_text_) {
      is_whole_ = true;
    } else {
      text_.erase(0, at_);
      at_ = 0;
    }
  } else if (c == '$') {
    has_text_ = true;
    const auto end = text_.find_first_not_of(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at_ + 1);
    const bool is_tag = end != std::string::npos && text_[end] == '$' &&
                        std::isdigit(static_cast<unsigned char>(text_[at_ + 1])) == 0;
    if (is_tag) {
      dollar_tag_ = text_.substr(at_, end + 1 - at_);
      at_ = end;
      state_ = State::kDollarQuoted;
    }
    ++at_;
  } else {
    if (c == '\'') state_ = State::kString;
    if (c == '"') state_ = State::kName;
    if (c == '`') state_ = State::kBackquoted;
    has_text_ = has_text_ || !is_space(c);
    ++at_;
  }
}

// Two quotes are one that is part of it: it ends and begins again.
void StatementBuffer::step_quoted(char quote) {
  const char c = text_[at_];
  if (c == '\\' && has_backslashes_ && quote != '`') {
    ++at_;  // lines come with their ends: there is one more
  } else if (c == quote) {
    state_ = State::kText;
  }
  ++at_;
}

void StatementBuffer::step_block_comment() {
  if (starts_at("/*")) {
    ++comments_;
    at_ += 2;
  } else if (starts_at("*/")) {
    --comments_;
    at_ += 2;
    if (comments_ == 0) state_ = State::kText;
  } else {
    ++at_;
  }
}

void StatementBuffer::end_word() {
  if (word_.empty()) return;
  look_at_word(word_);
  word_before_ = std::exchange(word_, {});
}

void StatementBuffer::look_at_word(std::string_view word) {
  ++words_;
  if (words_ == 1) is_create_ = word == "CREATE";
  if (!is_create_) return;
  if (words_ <= kHeadWords && is_one_of(word, {"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"})) {
    has_body_ = true;
  }
  if (!has_body_) return;
  // "END IF" closes what is not counted; "END CASE" is the end of a CASE.
  if (word_before_ == "END" && is_one_of(word, {"IF", "LOOP", "WHILE", "REPEAT", "FOR"})) ++blocks_;
  if (word == "BEGIN" || (word == "CASE" && word_before_ != "END")) ++blocks_;
  if (word == "END") --blocks_;
}

}  // namespace sqlbus
