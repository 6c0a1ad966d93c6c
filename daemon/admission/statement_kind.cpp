#include "daemon/admission/statement_kind.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace sqlbus {
namespace {

struct Row {
  std::string_view keyword;
  StatementKind kind;
};

// Sorted by keyword. What is refused changes the session or its transaction for everyone after it;
// COPY would also wait for data that never comes.
constexpr Row kTable[] = {
    {"ABORT", StatementKind::kRefused},      {"ATTACH", StatementKind::kRefused},
    {"BEGIN", StatementKind::kRefused},      {"CLOSE", StatementKind::kRefused},
    {"COMMIT", StatementKind::kRefused},     {"COPY", StatementKind::kRefused},
    {"DEALLOCATE", StatementKind::kRefused}, {"DECLARE", StatementKind::kRefused},
    {"DELETE", StatementKind::kWrite},       {"DESC", StatementKind::kQuery},
    {"DESCRIBE", StatementKind::kQuery},     {"DETACH", StatementKind::kRefused},
    {"DISCARD", StatementKind::kRefused},    {"END", StatementKind::kRefused},
    {"EXECUTE", StatementKind::kRefused},    {"EXPLAIN", StatementKind::kQuery},
    {"FETCH", StatementKind::kRefused},      {"HANDLER", StatementKind::kRefused},
    {"INSERT", StatementKind::kWrite},       {"LISTEN", StatementKind::kRefused},
    {"LOAD", StatementKind::kRefused},       {"LOCK", StatementKind::kRefused},
    {"MERGE", StatementKind::kWrite},        {"MOVE", StatementKind::kRefused},
    {"PRAGMA", StatementKind::kRefused},     {"PREPARE", StatementKind::kRefused},
    {"RELEASE", StatementKind::kRefused},    {"REPLACE", StatementKind::kWrite},
    {"RESET", StatementKind::kRefused},      {"ROLLBACK", StatementKind::kRefused},
    {"SAVEPOINT", StatementKind::kRefused},  {"SELECT", StatementKind::kQuery},
    {"SET", StatementKind::kRefused},        {"SHOW", StatementKind::kQuery},
    {"START", StatementKind::kRefused},      {"TABLE", StatementKind::kQuery},
    {"UNLISTEN", StatementKind::kRefused},   {"UNLOCK", StatementKind::kRefused},
    {"UPDATE", StatementKind::kWrite},       {"USE", StatementKind::kRefused},
    {"VALUES", StatementKind::kQuery},       {"WITH", StatementKind::kQuery},
    {"XA", StatementKind::kRefused},
};

// Position behind a comment that begins at `at`. In PostgreSQL comments nest, and a carriage
// return ends a line; elsewhere neither.
std::size_t skip_comment(std::string_view sql, std::size_t at, bool do_nest) {
  if (sql.substr(at, 2) == "--") {
    return std::min(sql.find_first_of(do_nest ? "\r\n" : "\n", at), sql.size());
  }
  int depth = 0;
  while (at < sql.size()) {
    const auto two = sql.substr(at, 2);
    if (two == "/*" && (do_nest || depth == 0)) {
      ++depth;
      at += 2;
    } else if (two == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return at;
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // SQLite reads it as a blank

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

StatementKind kind_of_keyword(std::string_view keyword) {
  const auto* found =
      std::lower_bound(std::begin(kTable), std::end(kTable), keyword,
                       [](const Row& row, std::string_view word) { return row.keyword < word; });
  if (found == std::end(kTable) || found->keyword != keyword) return StatementKind::kAlone;
  return found->kind;
}

// Functions after which the session is not what it was: settings, locks, the random sequence.
constexpr std::string_view kLeavingWords[] = {"SET_CONFIG", "SETSEED", "DBLINK_CONNECT"};

char upper(char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c); }

bool is_same(std::string_view word, std::string_view upper_case) {
  return std::equal(word.begin(), word.end(), upper_case.begin(), upper_case.end(),
                    [](char a, char b) { return upper(a) == b; });
}

bool is_leaving_word(std::string_view word) {
  constexpr std::string_view kAdvisory = "ADVISORY_";  // pg_advisory_lock, pg_try_advisory_lock, …
  if (word.size() < 7) return false;
  for (const auto leaving : kLeavingWords) {
    if (is_same(word, leaving)) return true;
  }
  if (upper(word[0]) != 'P' || upper(word[1]) != 'G') return false;
  return std::search(word.begin(), word.end(), kAdvisory.begin(), kAdvisory.end(),
                     [](char a, char b) { return upper(a) == b; }) != word.end();
}

// By the first keyword, however comments are read.
StatementKind kind_without_traces(std::string_view sql) {
  const auto kind = kind_of_keyword(first_keyword(sql, true));
  const auto other = kind_of_keyword(first_keyword(sql, false));
  if (kind == other) return kind;
  // The readings differ: what one of them refuses is refused.
  const bool is_refused = kind == StatementKind::kRefused || other == StatementKind::kRefused;
  return is_refused ? StatementKind::kRefused : StatementKind::kAlone;
}

}  // namespace

std::string first_keyword(std::string_view sql, bool do_comments_nest) {
  std::size_t at = 0;
  while (at < sql.size() && !is_letter(sql[at])) {
    const auto two = sql.substr(at, 2);
    if (two == "--" || two == "/*") {
      at = skip_comment(sql, at, do_comments_nest);
    } else if (sql.substr(at).starts_with(kByteOrderMark)) {
      at += kByteOrderMark.size();
    } else if (std::string_view(" \t\r\n\f\v(;").find(sql[at]) != std::string_view::npos) {
      ++at;
    } else {
      return {};
    }
  }
  std::string keyword;
  for (; at < sql.size() && is_letter(sql[at]); ++at) {
    keyword += static_cast<char>(sql[at] >= 'a' && sql[at] <= 'z' ? sql[at] - 'a' + 'A' : sql[at]);
  }
  return keyword;
}

bool leaves_traces(std::string_view sql) {
  bool is_behind_into = false;
  for (std::size_t at = 0; at < sql.size();) {
    if (!is_letter(sql[at])) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < sql.size() && (is_letter(sql[at]) || (sql[at] >= '0' && sql[at] <= '9'))) ++at;
    const auto word = sql.substr(begin, at - begin);
    if (is_leaving_word(word)) return true;
    if (is_behind_into && (is_same(word, "TEMP") || is_same(word, "TEMPORARY"))) return true;
    is_behind_into = is_same(word, "INTO");
  }
  return false;
}

StatementKind kind_of(std::string_view sql) {
  const auto kind = kind_without_traces(sql);
  const bool may_share = kind == StatementKind::kQuery || kind == StatementKind::kWrite;
  return may_share && leaves_traces(sql) ? StatementKind::kAlone : kind;
}

}  // namespace sqlbus
