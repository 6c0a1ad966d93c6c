#include "daemon/admission/statement_kind.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace sqlbus {

TEST_CASE("the first keyword is found past white space, comments and parentheses") {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"select 1", "SELECT"},
      {"  \n\tInsert into t", "INSERT"},
      {"-- a comment\nupdate t", "UPDATE"},
      {"-- a comment without an end", ""},
      {"/* one /* nested */ */ delete", "DELETE"},
      {"/* without an end", ""},
      {"((select 1) union select 2)", "SELECT"},
      {"; select 1", "SELECT"},
      {"select(1)", "SELECT"},
      {"", ""},
      {"   ", ""},
      {"'text'", ""},
      {"42", ""},
      {"\"quoted\"", ""},
      {"- 1", ""},
  };
  for (const auto& [sql, keyword] : cases) {
    CAPTURE(sql);
    CHECK(first_keyword(sql) == keyword);
  }
}

TEST_CASE("a statement's kind follows from its first keyword") {
  using enum StatementKind;
  const std::vector<std::pair<std::string_view, StatementKind>> cases{
      {"INSERT INTO t VALUES (1)", kWrite},
      {"update t set i = 1", kWrite},
      {"delete from t", kWrite},
      {"REPLACE INTO t VALUES (1)", kWrite},
      {"merge into t", kWrite},
      {"select 1", kQuery},
      {"with x as (select 1) select", kQuery},
      {"values (1)", kQuery},
      {"table t", kQuery},
      {"create table t (i int)", kAlone},
      {"vacuum", kAlone},
      {"call p()", kAlone},
      {"do $$ begin end $$", kAlone},
      {"explain select 1", kQuery},
      {"show all", kQuery},
      {"select set_config('x', 'y', false)", kAlone},
      {"with a as (select Pg_Try_Advisory_Lock(1)) select * from a", kAlone},
      {"insert into t select pg_advisory_lock(1)", kAlone},
      {"select * into temp x from t", kAlone},
      {"select * INTO /* */ TEMPORARY x from t", kAlone},
      {"select temp, advisory_lock from into_temp", kQuery},
      {"update t set temp = 1", kWrite},
      {"begin", kRefused},
      {"BEGIN IMMEDIATE", kRefused},
      {"commit", kRefused},
      {"end", kRefused},
      {"rollback to x", kRefused},
      {"set x = 1", kRefused},
      {"savepoint a", kRefused},
      {"xa start 'a'", kRefused},
      {"copy t from stdin", kRefused},
      {"attach 'x' as y", kRefused},
      {"pragma synchronous = off", kRefused},
      {"beginning", kAlone},
      {"", kAlone},
      {"/* /* */ begin", kRefused},
      {"--x\rbegin", kRefused},
      {"/* /* */ begin */ select 1", kRefused},
      {"/* /* */ select 1", kAlone},
      {"\xEF\xBB\xBFpragma synchronous = off", kRefused},
  };
  for (const auto& [sql, kind] : cases) {
    CAPTURE(sql);
    CHECK(kind_of(sql) == kind);
  }
}

}  // namespace sqlbus
