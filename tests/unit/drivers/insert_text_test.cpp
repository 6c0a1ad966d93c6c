#include "drivers/postgres/insert_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sqlbus::postgres {
namespace {

using Kind = InsertElement::Kind;

// The elements as one text: $1, null, bool, 5, "text".
std::string parsed(std::string_view sql) {
  std::deque<std::string> unescaped;
  const auto insert = parse_insert(sql, unescaped);
  if (!insert) return "none";
  std::string text(insert->target);
  text += insert->columns;
  for (const auto& element : insert->elements) {
    text += ' ';
    switch (element.kind) {
      case Kind::kPlaceholder:
        text += "$" + std::to_string(element.number);
        break;
      case Kind::kNull:
        text += "null";
        break;
      case Kind::kBool:
        text += element.value.integer != 0 ? "true" : "false";
        break;
      default:
        text += element.value.kind == SQLBUS_VALUE_INTEGER
                    ? std::to_string(element.value.integer)
                    : "<" + std::string(driver::view_of(element.value.text)) + ">";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("an insert of plain values is taken apart") {
  const struct {
    std::string_view sql;
    std::string_view expected;
  } cases[] = {
      {"INSERT INTO t VALUES ($1)", "t $1"},
      {"insert into s.\"T\"\"x\" (a, \"b c\") values ($2, $1) ;", "s.\"T\"\"x\"(a, \"b c\") $2 $1"},
      {"INSERT/**/INTO--x\nt(a)VALUES(1)", "t(a) 1"},
      {"INSERT INTO t VALUES (-1, +1)", "none"},
      {"INSERT INTO t VALUES (-12, 0, 99999999999999999999, 1.5, .5, 1., 1e5)",
       "t -12 0 <99999999999999999999> <1.5> <.5> <1.> <1e5>"},
      {"INSERT INTO t VALUES (null, TRUE, false)", "t null true false"},
      {"INSERT INTO t VALUES ('', 'it''s', 'a,b)')", "t <> <it's> <a,b)>"},
      {R"(INSERT INTO t VALUES (E'a\n\'b''c', e'\\'))", "t <a\n'b'c> <\\>"},
      {"INSERT INTO t VALUES ($$a$b$$, $x$ $$ $x$)", "t <a$b> < $$ >"},
      {"INSERT INTO größe VALUES ('ü')", "größe <ü>"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.sql);
    CHECK(parsed(c.sql) == c.expected);
  }
}

TEST_CASE("whatever else a statement says, it is left alone") {
  for (const std::string_view sql : {"",
                                     "INSERT",
                                     "INSERT INTO t",
                                     "INSERT INTO t VALUES",
                                     "INSERT INTO t VALUES ()",
                                     "INSERT INTO t VALUES (1",
                                     "INSERT INTO t VALUES (1) RETURNING a",
                                     "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
                                     "INSERT INTO t VALUES (1), (2)",
                                     "INSERT INTO t VALUES (1); SELECT 1",
                                     "INSERT INTO t VALUES (1);;",
                                     "INSERT INTO t SELECT 1",
                                     "INSERT INTO t DEFAULT VALUES",
                                     "INSERT INTO t VALUES (DEFAULT)",
                                     "INSERT INTO t VALUES (now())",
                                     "INSERT INTO t VALUES (1 + 1)",
                                     "INSERT INTO t VALUES ((1))",
                                     "INSERT INTO t VALUES (1::text)",
                                     "INSERT INTO t VALUES ('1'::text)",
                                     "INSERT INTO t VALUES (DATE '2024-01-01')",
                                     "INSERT INTO t VALUES (B'1')",
                                     "INSERT INTO t VALUES (X'1f')",
                                     "INSERT INTO t VALUES (U&'x')",
                                     "INSERT INTO U&\"t\" VALUES (1)",
                                     "INSERT INTO t VALUES (N'x')",
                                     "INSERT INTO t VALUES ('a' 'b')",
                                     "INSERT INTO t VALUES ('a'\n'b')",
                                     "INSERT INTO t AS x VALUES (1)",
                                     "INSERT INTO t (a.b) VALUES (1)",
                                     "INSERT INTO t (a[1]) VALUES (1)",
                                     "INSERT INTO t () VALUES (1)",
                                     "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1)",
                                     "WITH x AS (SELECT 1) INSERT INTO t VALUES (1)",
                                     "INSERT INTO t VALUES ($0)",
                                     "INSERT INTO t VALUES ($1a)",
                                     "INSERT INTO t VALUES (1_000)",
                                     "INSERT INTO t VALUES (0x1f)",
                                     "INSERT INTO t VALUES (1e)",
                                     "INSERT INTO t VALUES (1.2.3)",
                                     "INSERT INTO t VALUES (.)",
                                     "INSERT INTO t VALUES (- 1)",
                                     "INSERT INTO t VALUES (-0)",
                                     "INSERT INTO t VALUES (-0.00)",
                                     "INSERT INTO t VALUES (E'\\x41')",
                                     "INSERT INTO t VALUES (E'\\",
                                     "INSERT INTO t VALUES ('a",
                                     "INSERT INTO t VALUES ($x$a$y$)",
                                     "INSERT INTO t VALUES (1 /* x)",
                                     "INSERT INTO \"\" VALUES (1)",
                                     "INSERT INTO t. VALUES (1)",
                                     "INSERTINTO t VALUES (1)",
                                     "INSERT INTO t VALUESX (1)",
                                     "INSERT INTO t VALUES (nullif(1))",
                                     "INSERT INTO t VALUES (1,)"}) {
    CAPTURE(sql);
    CHECK(parsed(sql) == "none");
  }
}

}  // namespace sqlbus::postgres
