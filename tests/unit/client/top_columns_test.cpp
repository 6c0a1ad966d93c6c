#include <doctest/doctest.h>

#include "client/command/display_width.hpp"
#include "client/command/top/columns.hpp"

using sqlbus::Columns;
using sqlbus::display_width;

namespace {

using Lines = std::vector<std::string>;

Columns table(const std::string& name) {
  return {.columns = {{"QUEUE"}, {"DEPTH", true}, {"NOTE"}}, .rows = {{name, "7", "well"}}};
}

}  // namespace

TEST_CASE("columns are as wide as what stands in them, numbers to the right") {
  CHECK(table("q").lines(80) == Lines{"QUEUE  DEPTH  NOTE", "q          7  well"});
  CHECK(table("日本語").lines(80) == Lines{"QUEUE   DEPTH  NOTE", "日本語      7  well"});
}

TEST_CASE("where there is no room gaps give way first, then names, and then the end") {
  const std::string name = "a-queue-with-a-name";  // 19 columns, with the others and gaps 32
  CHECK(table(name).lines(32)[1] == "a-queue-with-a-name      7  well");
  CHECK(table(name).lines(31)[1] == "a-queue-with-a-name     7 well");
  CHECK(table(name).lines(30)[1] == "a-queue-with-a-name     7 well");
  CHECK(table(name).lines(29)[1] == "a-queue-with-a-na…     7 well");
  CHECK(table(name).lines(19)[1] == "a-queue…     7 well");
  CHECK(table(name).lines(18)[1] == "a-queue…     7 we…");
  for (std::size_t width = 0; width < 40; ++width) {
    for (const auto& line : table(name).lines(width)) CHECK(display_width(line) <= width);
  }
}

TEST_CASE("a long text at the end is cut before a name is") {
  auto with_note = table("orders");
  with_note.rows[0][2] = std::string(200, 'x');
  CHECK(with_note.lines(30)[1] == "orders      7  xxxxxxxxxxxxxx…");
}
