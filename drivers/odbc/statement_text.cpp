#include "drivers/odbc/statement_text.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/lexer.hpp"

namespace sqlbus::odbc {
namespace {

using driver::DriverError;
using TokenKind = Token::Kind;

struct WordRow {
  std::string_view word;
  StatementText::Kind kind;
};

constexpr WordRow kFirstWords[] = {
    {"INSERT", StatementText::Kind::kChange},  {"UPDATE", StatementText::Kind::kChange},
    {"DELETE", StatementText::Kind::kChange},  {"REPLACE", StatementText::Kind::kChange},
    {"MERGE", StatementText::Kind::kChange},   {"SELECT", StatementText::Kind::kQuery},
    {"WITH", StatementText::Kind::kQuery},     {"VALUES", StatementText::Kind::kQuery},
    {"SHOW", StatementText::Kind::kQuery},     {"EXPLAIN", StatementText::Kind::kQuery},
    {"DESCRIBE", StatementText::Kind::kQuery},
};

// MariaDB's ODBC driver (3.1) goes by the first word to tell whether rows will come. Where it is
// mistaken the rows stay on the line, and the next statement takes them for its answer, or waits
// for ever. So only what it is known to be right about is run.
constexpr std::string_view kMariaDbMistaken[] = {"CACHE",  "HANDLER", "HELP",   "OPTIMIZE",
                                                 "REPAIR", "TABLE",   "VALUES", "XA"};
constexpr std::string_view kMariaDbWords[] = {
    "ALTER",    "ANALYZE",   "BACKUP",     "BEGIN",   "CALL",   "CHANGE",   "CHECK",  "CHECKSUM",
    "COMMIT",   "CREATE",    "DEALLOCATE", "DELETE",  "DESC",   "DESCRIBE", "DO",     "DROP",
    "EXECUTE",  "EXPLAIN",   "FLUSH",      "GRANT",   "INSERT", "INSTALL",  "KILL",   "LOAD",
    "LOCK",     "PREPARE",   "PURGE",      "RELEASE", "RENAME", "REPLACE",  "RESET",  "REVOKE",
    "ROLLBACK", "SAVEPOINT", "SELECT",     "SET",     "SHOW",   "SHUTDOWN", "SIGNAL", "START",
    "STOP",     "TRUNCATE",  "UNINSTALL",  "UNLOCK",  "UPDATE", "USE",      "WITH",
};

template <typename Words>
bool is_one_of(const Token& token, const Words& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return is_word(token, word); });
}

[[noreturn]] void refuse_for_rows(std::string_view what) {
  throw DriverError("0A000",
                    "the ODBC driver of MariaDB cannot read the rows of " + std::string(what));
}

// ALTER TABLE … CHECK PARTITION and SET STATEMENT … FOR SELECT yield rows, LOAD INDEX too.
void check_mariadb(const Token& word, std::string_view rest, const LexicalRules& rules) {
  if (is_one_of(word, kMariaDbMistaken)) refuse_for_rows(word.text);
  if (!is_one_of(word, kMariaDbWords)) {
    throw DriverError("42601", "syntax error: no statement begins with " +
                                   std::string(driver::head_of(word.text, 80)));
  }
  Lexer lexer(rest, rules);
  auto token = lexer.next();
  if (is_word(word, "SET") && is_word(token, "STATEMENT")) refuse_for_rows("SET STATEMENT");
  if (is_word(word, "LOAD") && is_word(token, "INDEX")) refuse_for_rows("LOAD INDEX");
  if (!is_word(word, "ALTER")) return;
  constexpr std::string_view kChecks[] = {"ANALYZE", "CHECK", "OPTIMIZE", "REPAIR"};
  for (auto before = token; token.kind != TokenKind::kEnd; before = token, token = lexer.next()) {
    if (is_word(token, "PARTITION") && is_one_of(before, kChecks)) {
      refuse_for_rows("ALTER TABLE … PARTITION");
    }
  }
}

// Of an INSERT: `(?, 'a', -1, NULL)` and nothing behind it.
bool is_plain_row(Lexer& lexer) {
  if (lexer.next().text != "(") return false;
  constexpr std::string_view kConstants[] = {"NULL", "TRUE", "FALSE", "DEFAULT"};
  while (true) {
    auto token = lexer.next();
    if (token.text == "-") token = lexer.next();
    const bool is_plain = token.kind == TokenKind::kPlaceholder ||
                          token.kind == TokenKind::kString || token.kind == TokenKind::kNumber ||
                          is_one_of(token, kConstants);
    if (!is_plain) return false;
    token = lexer.next();
    if (token.text == ")") break;
    if (token.text != ",") return false;
  }
  return lexer.next().kind == TokenKind::kEnd;
}

bool is_insert_of_values(std::string_view sql, const LexicalRules& rules) {
  Lexer lexer(sql, rules);
  if (!is_word(lexer.next(), "INSERT") || !is_word(lexer.next(), "INTO")) return false;
  for (auto token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    if (is_word(token, "VALUES")) return is_plain_row(lexer);
    const bool is_target = token.kind == TokenKind::kWord || token.kind == TokenKind::kName ||
                           (token.kind == TokenKind::kSymbol &&
                            std::string_view("().,").find(token.text) != std::string_view::npos);
    if (!is_target || is_word(token, "SELECT")) return false;
  }
  return false;
}

// A trigger of SQLite holds statements of its own, up to `; END`.
class TriggerBody {
 public:
  void see(const Token& token) {
    if (count_ == 0) is_create_ = is_word(token, "CREATE");
    if (count_ > 0 && count_ < 3 && is_word(token, "TRIGGER")) is_open_ = is_create_;
    if (is_open_ && was_semicolon_ && is_word(token, "END")) is_open_ = false;
    was_semicolon_ = token.kind == TokenKind::kSemicolon;
    ++count_;
  }
  bool is_open() const { return is_open_; }

 private:
  std::size_t count_ = 0;
  bool is_create_ = false;
  bool is_open_ = false;
  bool was_semicolon_ = false;
};

struct Extent {
  Token first;  // word or symbol
  std::size_t begin = 0;
  std::optional<std::size_t> end;  // at the first semicolon
  bool has_tail = false;
  bool has_code_comment = false;
  bool returns = false;  // RETURNING
  Token behind_with;     // the verb of WITH … INSERT
  std::size_t placeholders = 0;
};

Extent measure(std::string_view sql, const Dialect& dialect) {
  Extent extent;
  TriggerBody trigger;
  int depth = 0;
  Lexer lexer(sql, dialect.rules);
  for (auto token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    if (token.kind == TokenKind::kSemicolon && !trigger.is_open()) {
      if (!extent.end) extent.end = token.begin;
      continue;
    }
    if (extent.end) extent.has_tail = true;
    if (token.kind == TokenKind::kUnterminated) {
      throw DriverError("42601", "a string, name or comment does not end");
    }
    if (extent.first.kind == TokenKind::kEnd) {
      extent.begin = token.begin;
      extent.first = token;
    } else if (extent.first.text == "(" && token.kind == TokenKind::kWord) {
      extent.first = token;
    }
    if (dialect.dbms == Dbms::kSqlite) trigger.see(token);
    extent.has_code_comment |= token.kind == TokenKind::kExecutable;
    if (token.text == "(") ++depth;
    if (token.text == ")") --depth;
    constexpr std::string_view kVerbs[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "SELECT"};
    if (depth == 0 && extent.behind_with.kind == TokenKind::kEnd && is_one_of(token, kVerbs)) {
      extent.behind_with = token;
    }
    extent.returns |= is_word(token, "RETURNING");
    extent.placeholders += token.kind == TokenKind::kPlaceholder ? 1 : 0;
  }
  return extent;
}

std::string without_comments(std::string_view sql, const LexicalRules& rules) {
  std::string text;
  std::size_t end = 0;
  Lexer lexer(sql, rules);
  for (auto token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    if (token.begin > end) text += ' ';
    text += token.text;
    end = token.begin + token.text.size();
  }
  return text;
}

}  // namespace

StatementText read_statement(std::string_view sql, const Dialect& dialect) {
  if (driver::has_nul(sql)) throw DriverError("42601", "the statement holds a NUL character");
  const auto extent = measure(sql, dialect);
  if (extent.first.kind == TokenKind::kEnd) throw DriverError("42601", "empty statement");
  if (extent.end && *extent.end <= extent.begin) throw DriverError("42601", "empty statement");
  if (extent.has_tail && !dialect.rules.refuses_second_statement) {
    throw DriverError("42601", "more than one statement");
  }
  StatementText text;
  const auto end = extent.has_tail || !extent.end ? sql.size() : *extent.end;
  text.sql = sql.substr(extent.begin, end - extent.begin);
  if (dialect.strips_comments) text.sql = without_comments(text.sql, dialect.rules);
  text.placeholders = extent.placeholders;
  text.returns = extent.returns;
  if (dialect.dbms == Dbms::kMariaDb || dialect.dbms == Dbms::kMySql) {
    if (extent.first.kind == TokenKind::kExecutable) refuse_for_rows("a comment that is code");
    const auto& word = extent.first;
    const auto word_end = word.begin + word.text.size();
    if (word.kind == TokenKind::kWord) {
      check_mariadb(word, sql.substr(word_end), dialect.rules);
      // `SELECT(1)` it does not take for a query.
      text.sql.insert(word_end - extent.begin, 1, ' ');
    }
  }
  const bool is_with = is_word(extent.first, "WITH");
  if (is_with && dialect.takes_with_for_query && extent.behind_with.kind != TokenKind::kEnd &&
      !is_word(extent.behind_with, "SELECT")) {
    throw DriverError(
        "0A000",
        "the ODBC driver takes what begins with WITH for a query: write INSERT INTO … "
        "WITH …");
  }
  if (!extent.has_code_comment) {
    for (const auto& row : kFirstWords) {
      const auto& verb =
          is_with && extent.behind_with.kind != TokenKind::kEnd ? extent.behind_with : extent.first;
      if (is_word(verb, row.word)) text.kind = row.kind;
    }
    text.is_insert_of_values = is_insert_of_values(text.sql, dialect.rules);
    const bool is_own_statement =
        (is_word(extent.first, "UPDATE") || is_word(extent.first, "DELETE")) && !extent.returns;
    text.runs_as_set = text.is_insert_of_values || is_own_statement;
  }
  return text;
}

}  // namespace sqlbus::odbc
