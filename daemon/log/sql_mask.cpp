#include "daemon/log/sql_mask.hpp"

#include <algorithm>

#include "daemon/config/escape.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
// What begins a string, a name in quotes or a comment in one database and not in another.
constexpr std::string_view kTelling = "'\"`$#\\";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | ' ') : c; }
bool begins_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_word(char c) { return begins_word(c) || is_digit(c) || c == '$'; }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [word](std::string_view other) {
    return std::equal(word.begin(), word.end(), other.begin(), other.end(),
                      [](char a, char b) { return lower(a) == b; });
  });
}

class Masker {
 public:
  Masker(std::string_view sql, SqlRules rules) : sql_(sql), rules_(rules) {}

  std::string run(std::size_t bytes_max) {
    while (at_ < sql_.size() && out_.size() <= bytes_max) step();
    if (out_.size() <= bytes_max) return out_;
    return std::string(cut_text(out_, bytes_max)) + "...";
  }

 private:
  bool is_postgres() const { return rules_ == SqlRules::kPostgres; }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
  }

  void step() {
    const char c = peek();
    if (is_blank(c)) {
      ++at_;
      has_blank_ = true;
    } else if (c == '-' && peek(1) == '-') {
      skip_line();
    } else if (c == '/' && peek(1) == '*') {
      skip_comment();
    } else if (c == '\'') {
      mask_string();
    } else if (c == '"') {
      take_double_quoted();
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      mask_number();
    } else if (begins_word(c)) {
      take_word();
    } else {
      take_symbol(c);
    }
  }

  void show(std::string_view text) {
    if (has_blank_ && !out_.empty()) out_ += ' ';
    has_blank_ = false;
    out_ += text;
  }
  void mask_to(std::size_t end) {
    show("?");
    at_ = end;
  }
  void mask_rest() { mask_to(sql_.size()); }

  // To MariaDB -- is a comment only before a blank.
  void skip_line() {
    const auto end = std::min(sql_.find_first_of(is_postgres() ? "\r\n" : "\n", at_), sql_.size());
    auto line = sql_.substr(at_, end - at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool is_sure = is_postgres() || (line.find_first_of(kTelling) == kNone &&
                                           line.find("/*") == kNone && line.find('\r') == kNone);
    if (!is_sure) return mask_rest();
    at_ = end;
    has_blank_ = true;
  }

  // They nest in some databases only; to MariaDB one with ! is none.
  void skip_comment() {
    if (!is_postgres() && (peek(2) == '!' || (lower(peek(2)) == 'm' && peek(3) == '!'))) {
      return mask_rest();
    }
    int depth = 1;
    for (auto i = at_ + 2; i + 1 < sql_.size();) {
      const auto two = sql_.substr(i, 2);
      if (two == "/*") {
        if (!is_postgres()) return mask_rest();
        ++depth;
        i += 2;
      } else if (two == "*/") {
        i += 2;
        if (--depth > 0) continue;
        at_ = i;
        has_blank_ = true;
        return;
      } else {
        ++i;
      }
    }
    mask_rest();
  }

  // The place behind the closing quote. None where a backslash before a quote leaves open whether
  // it is one: that depends on a setting even in PostgreSQL.
  std::size_t find_close(std::size_t from, char quote) const {
    for (auto i = from; i < sql_.size(); ++i) {
      if (sql_[i] != quote) continue;
      if (i > from && sql_[i - 1] == '\\') return kNone;
      if (i + 1 == sql_.size() || sql_[i + 1] != quote) return i + 1;
      ++i;
    }
    return kNone;
  }

  void mask_string() {
    const auto end = find_close(at_ + 1, '\'');
    if (end == kNone) return mask_rest();
    mask_to(end);
  }

  // A name to PostgreSQL, a string to MariaDB, either to SQLite.
  void take_double_quoted() {
    if (!is_postgres()) {
      const auto end = find_close(at_ + 1, '"');
      if (end == kNone) return mask_rest();
      return mask_to(end);
    }
    auto end = at_ + 1;
    while (true) {
      end = sql_.find('"', end);
      if (end == kNone) return mask_rest();
      ++end;
      if (end == sql_.size() || sql_[end] != '"') break;
      ++end;
    }
    show(sql_.substr(at_, end - at_));
    at_ = end;
  }

  void mask_number() {
    auto end = at_ + 1;
    while (end < sql_.size() &&
           ((continues_word(sql_[end]) && sql_[end] != '$') || sql_[end] == '.')) {
      const bool has_exponent = lower(sql_[end]) == 'e' && end + 1 < sql_.size();
      ++end;
      if (has_exponent && (sql_[end] == '-' || sql_[end] == '+')) ++end;
    }
    mask_to(end);
  }

  void take_word() {
    auto end = at_ + 1;
    while (end < sql_.size() && continues_word(sql_[end])) ++end;
    const auto word = sql_.substr(at_, end - at_);
    const bool is_before_quote = end < sql_.size() && sql_[end] == '\'';
    // q'[it's]' is a string to Oracle; a password may stand behind IDENTIFIED BY without quotes.
    if (is_before_quote && is_one_of(word, {"q", "nq"})) return mask_rest();
    if (is_one_of(word, {"identified"})) return mask_rest();
    // A $ in a word is none to some, and begins a string or an amount to others.
    if (!is_postgres() && word.find('$') != kNone) return mask_rest();
    show(word);
    at_ = end;
  }

  void take_symbol(char c) {
    if (c == '$') return take_dollar();
    if (!is_postgres() && c == '`') return take_name('`');
    if (!is_postgres() && c == '[') return take_name(']');
    if (!is_postgres() && c == '#' && is_line_telling()) return mask_rest();
    show(sql_.substr(at_++, 1));
  }

  // A comment to MariaDB.
  bool is_line_telling() const {
    const auto line = sql_.substr(at_ + 1, sql_.find('\n', at_) - at_ - 1);
    return line.find_first_of(kTelling) != kNone || line.find("/*") != kNone ||
           line.find("--") != kNone;
  }

  // A name in quotes or brackets is shown where it is a plain one: what it holds would be read as
  // something else by others. The brackets of an array are gone through like the rest.
  void take_name(char close) {
    const auto end = sql_.find(close, at_ + 1);
    if (end == kNone) return mask_rest();
    const auto name = sql_.substr(at_ + 1, end - at_ - 1);
    const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
      return is_blank(c) || (continues_word(c) && c != '$') || c == ',' || c == '.';
    });
    if (!is_plain) return mask_rest();
    const bool is_name = !name.empty() && begins_word(name[0]) &&
                         std::all_of(name.begin(), name.end(), continues_word);
    if (!is_name) return mask_to(end + 1);
    show(sql_.substr(at_, end + 1 - at_));
    at_ = end + 1;
  }

  // $1, or $tag$text$tag$; elsewhere it may be an amount of money.
  void take_dollar() {
    auto end = at_ + 1;
    if (!is_postgres()) return mask_rest();
    if (is_digit(peek(1))) {
      while (end < sql_.size() && is_digit(sql_[end])) ++end;
      show(sql_.substr(at_, end - at_));
      at_ = end;
      return;
    }
    while (end < sql_.size() && continues_word(sql_[end]) && sql_[end] != '$') ++end;
    if (end == sql_.size() || sql_[end] != '$') return mask_rest();
    const auto tag = sql_.substr(at_, end + 1 - at_);
    const auto close = sql_.find(tag, end + 1);
    if (close == kNone) return mask_rest();
    mask_to(close + tag.size());
  }

  std::string_view sql_;
  SqlRules rules_;
  std::size_t at_ = 0;
  std::string out_;
  bool has_blank_ = false;
};

}  // namespace

std::string mask_sql(std::string_view sql, SqlRules rules, std::size_t bytes_max) {
  return Masker(sql, rules).run(bytes_max);
}

}  // namespace sqlbus
