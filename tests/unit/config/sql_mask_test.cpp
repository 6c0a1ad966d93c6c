#include "daemon/log/sql_mask.hpp"

#include <doctest/doctest.h>

namespace sqlbus {
namespace {

struct Case {
  std::string sql, any, postgres;
};

TEST_CASE("a statement is shown without the values that are written into it") {
  const Case cases[] = {
      {"", "", ""},
      {"select 1", "select ?", "select ?"},
      {"INSERT INTO t1 (a, b_2) VALUES ('x', 12.5)", "INSERT INTO t1 (a, b_2) VALUES (?, ?)",
       "INSERT INTO t1 (a, b_2) VALUES (?, ?)"},
      {"select * from t where a = 'it''s' and b=-1.5e-3", "select * from t where a = ? and b=-?",
       "select * from t where a = ? and b=-?"},
      {"select 0x1F, X'1f', .5, 5., 1e+5, N'a'", "select ?, X?, ?, ?, ?, N?",
       "select ?, X?, ?, ?, ?, N?"},
      {"where a = ? and b = :name", "where a = ? and b = :name", "where a = ? and b = :name"},
      {"where a = $1::int", "where a = ?", "where a = $1::int"},
      {"select \"a\" from t", "select ? from t", "select \"a\" from t"},
      {"select \"it's\", 'x', \"a\"\"b\"", "select ?, ?, ?", "select \"it's\", ?, \"a\"\"b\""},
      {"select $x$it's$x$, $$y$$", "select ?", "select ?, ?"},
      {"select `a` from [t]", "select `a` from [t]", "select `a` from [t]"},
      {"select a -- secret 1\nfrom t", "select a from t", "select a from t"},
      {"select a /* secret 1 */ from t", "select a from t", "select a from t"},
      {"select\n\t a\r\n  from t", "select a from t", "select a from t"},
      {"select a->>'b', c[1]", "select a->>?, c?", "select a->>?, c[?]"},
      {"select \xC3\xA9t\xC3\xA9 from t", "select \xC3\xA9t\xC3\xA9 from t",
       "select \xC3\xA9t\xC3\xA9 from t"},
      {"create user u identified by secret", "create user u ?", "create user u ?"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.sql);
    CHECK(mask_sql(each.sql, SqlRules::kAny) == each.any);
    CHECK(mask_sql(each.sql, SqlRules::kPostgres) == each.postgres);
  }
}

TEST_CASE("what databases read in different ways is left out with all behind it") {
  const Case cases[] = {
      {"a = 'b\\' or c = ' secret '", "a = ?", "a = ?"},
      {"a = '\\\\' and b = secret", "a = ?", "a = ?"},
      {"a = 'unterminated secret", "a = ?", "a = ?"},
      {"select q'[it's secret]'", "select ?", "select ?"},
      {"select a /* /* 'x */ secret ' */ b", "select a ?", "select a b"},
      {"select /*! 'secret' */ a", "select ?", "select a"},
      {"select a /* secret", "select a ?", "select a ?"},
      {"select 5--'x\n, secret '", "select ??", "select ? , secret ?"},
      {"select a # it's\n'secret'", "select a ?", "select a # it?secret?"},
      {"select `it's` from t where a = 'secret'", "select ?", "select `it?secret?"},
      {"select [it's], 'secret'", "select ?", "select [it?secret?"},
      {"select [it's] , ' secret '", "select ?", "select [it? secret ?"},
      {"select $$it's secret", "select ?", "select ?"},
      {"select \"secret", "select ?", "select ?"},
      {"select $5.00, secret$1", "select ?", "select $5?, secret$1"},
      {"select 1$a$secret x$a$", "select ??", "select ??"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.sql);
    CHECK(mask_sql(each.sql, SqlRules::kAny) == each.any);
    CHECK(mask_sql(each.sql, SqlRules::kPostgres) == each.postgres);
  }
}

TEST_CASE("a long statement is cut, and says so") {
  std::string sql = "select a";
  for (int i = 0; i < 1000; ++i)
    sql += ", column_" + std::string(1, static_cast<char>('a' + i % 26));
  const auto masked = mask_sql(sql, SqlRules::kAny, 100);
  CHECK(masked.size() == 103);
  CHECK(masked.ends_with("..."));
  CHECK(sql.starts_with(masked.substr(0, 100)));
  CHECK(mask_sql("select '" + std::string(1 << 20, 'x') + "', a", SqlRules::kAny) == "select ?, a");
}

}  // namespace
}  // namespace sqlbus
