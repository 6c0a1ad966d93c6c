#include "client/command/display_width.hpp"

#include <doctest/doctest.h>

using sqlbus::cut_to_width;
using sqlbus::display_width;
using sqlbus::printable;

TEST_CASE("wide characters take two columns, combining ones none, whatever the locale") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("Grüße") == 5);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
}

TEST_CASE("what would move the cursor is written out") {
  CHECK(printable("plain Grüße 日本") == "plain Grüße 日本");
  CHECK(printable("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(printable("\u009b") == "\\xc2\\x9b");  // the control sequence introducer of one character
}

TEST_CASE("bytes that are no UTF-8 are written out") {
  CHECK(printable("a\xff") == "a\\xff");
  CHECK(printable("\xe6\x97") == "\\xe6\\x97");  // a character cut short
}

TEST_CASE("what is too wide is cut between characters, with a sign that it was") {
  CHECK(cut_to_width("orders", 6) == "orders");
  CHECK(cut_to_width("orders", 5) == "orde…");
  CHECK(cut_to_width("Grüße", 4) == "Grü…");
  CHECK(cut_to_width("日本語", 6) == "日本語");
  CHECK(cut_to_width("日本語", 5) == "日本…");
  CHECK(cut_to_width("日本語", 4) == "日…");  // half a character is none
  CHECK(cut_to_width("e\u0301e\u0301e", 2) == "e\u0301…");
  CHECK(cut_to_width("orders", 1) == "…");
  CHECK(cut_to_width("orders", 0).empty());
  CHECK(cut_to_width("", 0).empty());
}
