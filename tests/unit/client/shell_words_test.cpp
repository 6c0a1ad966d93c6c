#include <doctest/doctest.h>

#include "client/command/shell/catalog.hpp"
#include "client/command/shell/completion.hpp"
#include "client/command/shell/prompt_command.hpp"

using sqlbus::PromptCommand;
using Words = std::vector<std::string>;

TEST_CASE("the last word begins behind what is no part of a name") {
  CHECK(sqlbus::last_word("select na") == "na");
  CHECK(sqlbus::last_word("select a,b.co") == "co");
  CHECK(sqlbus::last_word("where x=(or") == "or");
  CHECK(sqlbus::last_word("sel") == "sel");
  CHECK(sqlbus::last_word("select ").empty());
}

TEST_CASE("keywords are completed in the case of their beginning, names as they are") {
  const Words names{"selection", "Orders", "größe"};
  CHECK(sqlbus::completions("sel", names) == Words{"select", "selection"});
  CHECK(sqlbus::completions("SEL", names) == Words{"SELECT", "selection"});
  CHECK(sqlbus::completions("orde", names) == Words{"Orders", "order"});
  CHECK(sqlbus::completions("gr", names) == Words{"group", "größe"});
  CHECK(sqlbus::completions("zz", names).empty());
  CHECK(sqlbus::completions("", names).empty());
}

TEST_CASE("several candidates are completed as far as they agree") {
  CHECK(sqlbus::common_beginning({"select", "selection"}) == "select");
  CHECK(sqlbus::common_beginning({"a", "b"}).empty());
  CHECK(sqlbus::common_beginning({}).empty());
  CHECK(sqlbus::common_beginning({"gr\xC3\xB6", "gr\xC3\xA4"}) == "gr");  // no half characters
}

TEST_CASE("a line for the shell is a backslash, a word, and what it is about") {
  CHECK_FALSE(sqlbus::parse_prompt_command("select 1"));
  const auto described = sqlbus::parse_prompt_command("  \\d  orders ; ");
  REQUIRE(described);
  CHECK(described->verb == PromptCommand::Verb::kDescribe);
  CHECK(described->argument == "orders");
  CHECK(sqlbus::parse_prompt_command("\\q")->verb == PromptCommand::Verb::kQuit);
  CHECK(sqlbus::parse_prompt_command("\\o csv")->verb == PromptCommand::Verb::kFormat);
  CHECK(sqlbus::parse_prompt_command("\\nonsense")->verb == PromptCommand::Verb::kUnknown);
  for (const char* word : {"\\d", "\\x", "\\o", "\\timing", "\\c", "\\?", "\\q"}) {
    CAPTURE(word);
    CHECK(sqlbus::prompt_help().find(word) != std::string::npos);
  }
}

TEST_CASE("the name of a table cannot leave its quotes") {
  CHECK(sqlbus::columns_sql("SQLITE", "it's")->find("'it''s'") != std::string::npos);
  CHECK(sqlbus::columns_sql("MARIADB", "a\\'")->find("'a\\\\'''") != std::string::npos);
  CHECK_FALSE(sqlbus::columns_sql("ORACLE", "t"));
  CHECK_FALSE(sqlbus::tables_sql("ORACLE"));
  CHECK_FALSE(sqlbus::names_sql("ORACLE"));
}
