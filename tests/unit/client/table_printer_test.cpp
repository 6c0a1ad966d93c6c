#include "client/command/table_printer.hpp"

#include <doctest/doctest.h>

using sqlbus::render_table;
using sqlbus::Response;
using sqlbus::ResponseCell;

namespace {

ResponseCell cell(const char* text) { return {.text = text}; }
ResponseCell null_cell() { return {.is_null = true, .text = {}}; }

}  // namespace

TEST_CASE("rows are aligned, numbers to the right, and NULL is told from empty text") {
  Response response;
  response.fields = {"id", "name", "price"};
  response.types = {"int", "text", "decimal"};
  response.rows = {{cell("1"), cell("apple"), cell("1.50")},
                   {cell("22"), cell(""), null_cell()},
                   {cell("3"), cell("りんご"), cell("120.00")}};
  CHECK(render_table(response) ==
        " id | name   |  price\n"
        "----+--------+--------\n"
        "  1 | apple  |   1.50\n"
        " 22 |        |   NULL\n"
        "  3 | りんご | 120.00\n"
        "(3 rows)\n");
}

TEST_CASE("a table without rows still names its columns") {
  Response response;
  response.fields = {"id"};
  response.types = {"int"};
  CHECK(render_table(response) == " id\n----\n(0 rows)\n");
}

TEST_CASE("a result that was cut says so") {
  Response response;
  response.fields = {"n"};
  response.types = {"int"};
  response.rows = {{cell("7")}};
  response.is_truncated = true;
  CHECK(render_table(response) == " n\n---\n 7\n(1 row, cut)\n");
}

TEST_CASE("a line break in a cell does not break the table") {
  Response response;
  response.fields = {"t"};
  response.types = {"text"};
  response.rows = {{cell("a\nb")}};
  CHECK(render_table(response) == " t\n------\n a\\nb\n(1 row)\n");
}

TEST_CASE("rows and types that do not match the columns are shown as far as they do") {
  Response response;
  response.fields = {"a", "b"};
  response.rows = {{cell("1")}, {cell("1"), cell("2"), cell("3")}};
  CHECK(render_table(response) == " a | b\n---+---\n 1\n 1 | 2\n(2 rows)\n");
}
