#include "client/command/shell/statement_buffer.hpp"

#include <doctest/doctest.h>

#include <vector>

using sqlbus::StatementBuffer;

namespace {

std::vector<std::string> statements_of(std::vector<std::string> lines,
                                       bool has_backslashes = false) {
  StatementBuffer buffer;
  buffer.set_backslashes(has_backslashes);
  std::vector<std::string> found;
  for (const auto& line : lines) {
    buffer.add_line(line);
    while (const auto statement = buffer.take()) found.push_back(*statement);
  }
  return found;
}

using Statements = std::vector<std::string>;

}  // namespace

TEST_CASE("a statement ends with its semicolon, on whichever line that is") {
  CHECK(statements_of({"select 1; select 2;"}) == Statements{"select 1", "select 2"});
  CHECK(statements_of({"select", " 1", ";"}) == Statements{"select\n 1"});
  CHECK(statements_of({"select 1"}).empty());
  CHECK(statements_of({";;", "  ;", "select 1;;"}) == Statements{"select 1"});
}

TEST_CASE("a semicolon in a string, a name or a comment ends nothing") {
  for (const char* sql : {"select ';', 'it''s; ', '\\'", R"(select ";", "a"";")", "select `;`",
                          "select 1 -- ;", "select 1 /* ; /* ; */ ; */", "select $$;$$",
                          "select $a$;$$;$b$;$a$", "select $1, a$b$c"}) {
    CAPTURE(sql);
    CHECK(statements_of({sql, ";"}) == Statements{sql});
  }
  CHECK(statements_of({"select '", ";", "';"}) == Statements{"select '\n;\n'"});
}

TEST_CASE("a backslash takes a quote with it only where the database has it so") {
  CHECK(statements_of({R"(select 'it\'s; ';)"}, true) == Statements{R"(select 'it\'s; ')"});
  CHECK(statements_of({R"(select 'c:\'; select 2;)"}) == Statements{R"(select 'c:\')", "select 2"});
}

TEST_CASE("the body of a trigger or a routine ends with its END") {
  const std::string trigger =
      "create temp trigger t after insert on a begin insert into b values (case when 1 then 2 "
      "end); "
      "delete from c; end";
  CHECK(statements_of({trigger + "; select 1;"}) == Statements{trigger, "select 1"});
  const std::string routine =
      "create procedure p() begin if a then begin b; end; end if; case x when 1 then y; end case; "
      "end";
  CHECK(statements_of({routine + ";"}) == Statements{routine});
  const std::string postgres =
      "create trigger t before insert on a for each row execute function f()";
  CHECK(statements_of({postgres + ";"}) == Statements{postgres});
  CHECK(statements_of({"create table begin_ (i int); select 1;"}).size() == 2);
  CHECK(statements_of({"begin; select 1; end;"}).size() == 3);
}

TEST_CASE("it tells what a next line would be part of, and forgets it when it is told to") {
  StatementBuffer buffer;
  CHECK(buffer.is_blank());
  buffer.add_line("-- nothing yet");
  CHECK_FALSE(buffer.take());
  CHECK(buffer.is_blank());
  buffer.add_line("select 'a");
  CHECK_FALSE(buffer.take());
  CHECK_FALSE(buffer.is_blank());
  CHECK(buffer.state() == StatementBuffer::State::kString);
  buffer.clear();
  CHECK(buffer.is_blank());
  buffer.add_line("select 1;");
  CHECK(buffer.take() == "select 1");
  buffer.add_line("select 2");
  CHECK_FALSE(buffer.take());
  CHECK(buffer.take_rest() == "select 2");
  CHECK(buffer.take_rest().empty());
}
