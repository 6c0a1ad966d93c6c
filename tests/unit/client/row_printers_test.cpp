#include <doctest/doctest.h>

#include "client/command/csv_printer.hpp"
#include "client/command/vertical_printer.hpp"

using sqlbus::render_csv;
using sqlbus::render_vertical;
using sqlbus::Response;

namespace {

Response response(std::vector<std::string> fields,
                  std::vector<std::vector<sqlbus::ResponseCell>> rows) {
  Response made;
  made.fields = std::move(fields);
  made.rows = std::move(rows);
  return made;
}

}  // namespace

TEST_CASE("csv has a line of names, and quotes only where a field needs them") {
  const auto csv = render_csv(response(
      {"id", "a \"b\"", "c,d"}, {{{.text = "1"}, {.text = "two words"}, {.text = "x,y"}},
                                 {{.text = "2"}, {.text = "say \"hi\""}, {.text = "two\nlines"}}}));
  CHECK(csv ==
        "id,\"a \"\"b\"\"\",\"c,d\"\n1,two words,\"x,y\"\n2,\"say \"\"hi\"\"\",\"two\nlines\"\n");
}

TEST_CASE("csv tells NULL from the empty text") {
  const auto csv = render_csv(response({"a", "b"}, {{{.is_null = true}, {.text = ""}}}));
  CHECK(csv == "a,b\n,\"\"\n");
}

TEST_CASE("csv without rows is its names, and without columns nothing") {
  CHECK(render_csv(response({"a", "b"}, {})) == "a,b\n");
  CHECK(render_csv(response({}, {})).empty());
}

TEST_CASE("rows on their side have a line a column, names as wide as the widest") {
  const auto text = render_vertical(response(
      {"id", "größe"}, {{{.text = "1"}, {.is_null = true}}, {{.text = "2"}, {.text = "klein"}}}));
  CHECK(text ==
        "-[ RECORD 1 ]---------------------------\n"
        "id    | 1\n"
        "größe | NULL\n"
        "-[ RECORD 2 ]---------------------------\n"
        "id    | 2\n"
        "größe | klein\n"
        "(2 rows)\n");
}

TEST_CASE("a value of several lines keeps them, and cannot move the cursor") {
  auto made = response({"a"}, {{{.text = "x\n\ny\x1b[2J"}}});
  made.is_truncated = true;
  CHECK(render_vertical(made) ==
        "-[ RECORD 1 ]---------------------------\n"
        "a | x\n"
        "  |\n"
        "  | y\\x1b[2J\n"
        "(1 row, cut)\n");
}
