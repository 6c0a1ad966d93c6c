#include "client/command/shell/completion.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "protocol/utf8.hpp"

namespace sqlbus {

namespace {

constexpr auto kKeywords = std::to_array<std::string_view>(
    {"add",       "all",       "alter",      "and",          "any",
     "as",        "asc",       "avg",        "between",      "bigint",
     "boolean",   "by",        "case",       "cast",         "check",
     "coalesce",  "column",    "commit",     "conflict",     "constraint",
     "count",     "create",    "cross",      "current_date", "current_timestamp",
     "date",      "default",   "delete",     "desc",         "distinct",
     "do",        "double",    "drop",       "else",         "end",
     "escape",    "except",    "exists",     "explain",      "false",
     "first",     "foreign",   "from",       "full",         "group",
     "having",    "ilike",     "in",         "index",        "inner",
     "insert",    "integer",   "intersect",  "interval",     "into",
     "is",        "join",      "key",        "last",         "left",
     "like",      "limit",     "max",        "min",          "not",
     "nothing",   "null",      "nulls",      "numeric",      "offset",
     "on",        "or",        "order",      "outer",        "over",
     "partition", "primary",   "references", "returning",    "right",
     "select",    "set",       "sum",        "table",        "text",
     "then",      "timestamp", "true",       "union",        "unique",
     "update",    "using",     "values",     "varchar",      "view",
     "when",      "where",     "window",     "with",         "without"});

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool begins_with(std::string_view word, std::string_view beginning) {
  return word.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), word.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string in_capitals(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string_view last_word(std::string_view line) {
  const auto before = line.find_last_of(" \t()[],;=<>+-*/%|&!'\"`.:");
  return before == std::string_view::npos ? line : line.substr(before + 1);
}

std::vector<std::string> completions(std::string_view beginning,
                                     std::span<const std::string> names) {
  if (beginning.empty()) return {};
  const bool is_capital = std::isupper(static_cast<unsigned char>(beginning.front())) != 0;
  std::set<std::string> found;
  const auto add_keyword = [&](std::string_view keyword) {
    if (!begins_with(keyword, beginning)) return;
    found.insert(is_capital ? in_capitals(keyword) : std::string(keyword));
  };
  for (const auto keyword : kKeywords) add_keyword(keyword);
  for (const auto& name : names) {
    if (begins_with(name, beginning)) found.insert(name);
  }
  return {found.begin(), found.end()};
}

std::string common_beginning(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::string_view common = words.front();
  for (const auto& word : words) {
    const auto [end, other] = std::mismatch(common.begin(), common.end(), word.begin(), word.end());
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  return std::string(cut_utf8(words.front(), common.size()));
}

}  // namespace sqlbus
