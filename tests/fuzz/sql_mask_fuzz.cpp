// What stands in a literal does not change what a log shows of the statement: each literal that
// some database sees in it gets other letters and digits, and the masked text stays the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/log/sql_mask.hpp"
#include "drivers/odbc/lexer.hpp"
#include "tests/fuzz/expect.hpp"

namespace {

using namespace sqlbus;
using Kind = odbc::Token::Kind;

char another(char c) {
  if (c >= '0' && c <= '9') return c == '9' ? '0' : static_cast<char>(c + 1);
  if (c == 'z' || c == 'Z') return static_cast<char>(c - 25);
  const bool is_letter = (c >= 'a' && c < 'z') || (c >= 'A' && c < 'Z');
  return is_letter ? static_cast<char>(c + 1) : c;
}

struct Literal {
  std::size_t begin, end;
  bool operator==(const Literal&) const = default;
};

// Where a string, number or rest that makes no sense stands, without what tells its kind.
std::vector<Literal> literals_of(std::string_view sql, const odbc::LexicalRules& rules) {
  std::vector<Literal> found;
  odbc::Lexer lexer(sql, rules);
  for (auto token = lexer.next(); token.kind != Kind::kEnd; token = lexer.next()) {
    const auto begin = static_cast<std::size_t>(token.text.data() - sql.data());
    // That lexer lets a # belong to a number, which no database does.
    if (token.kind == Kind::kNumber) {
      found.push_back({begin, begin + std::min(token.text.find('#'), token.text.size())});
    }
    if (token.kind != Kind::kString) continue;
    const auto quote = token.text.find_first_of("'\"$");
    const auto inner = token.text[quote] == '$' ? token.text.find('$', quote + 1) + 1 : quote + 1;
    const auto tail = token.text[quote] == '$' ? inner - quote : 1;
    found.push_back({begin + inner, begin + token.text.size() - tail});
  }
  return found;
}

void check(const std::string& sql, std::string_view database, SqlRules mode) {
  const auto& rules = odbc::dialect_of(database).rules;
  const auto literals = literals_of(sql, rules);
  auto changed = sql;
  for (const auto& [begin, end] : literals) {
    for (auto i = begin; i < end; ++i) changed[i] = another(sql[i]);
  }
  // Another letter may have made another token of it: an exponent, an escape.
  if (literals_of(changed, rules) != literals) return;
  fuzz::expect(mask_sql(sql, mode, sql.size() * 2) == mask_sql(changed, mode, sql.size() * 2),
               "what is shown does not depend on a literal");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string sql(reinterpret_cast<const char*>(data), size);
  for (const auto* name : {"MariaDB", "PostgreSQL", "SQLite", "Microsoft SQL Server", "Oracle"}) {
    check(sql, name, SqlRules::kAny);
  }
  // That lexer's words may hold a #, @ or $ where PostgreSQL's end.
  if (sql.find_first_of("#@$") == std::string::npos) check(sql, "PostgreSQL", SqlRules::kPostgres);
  fuzz::expect(mask_sql(sql, SqlRules::kAny, 100).size() <= 103, "it is not longer than allowed");
  return 0;
}
