#include "daemon/config/escape.hpp"

#include <doctest/doctest.h>

namespace sqlbus {
namespace {

using namespace std::string_literals;

TEST_CASE("a quote is one line of printable characters") {
  struct Case {
    std::string text;
    std::string quoted;
  };
  const Case cases[] = {
      {"", "''"},
      {"plain", "'plain'"},
      {"a\tb\nc\rd", R"('a\tb\nc\rd')"},
      {"\"\\", R"('\"\\')"},
      {"\0\x1b\x7f"s, R"('\u0000\u001b\u007f')"},
      {"\xE4\xB8\xAD\xF0\x9F\x9A\x8C", "'\xE4\xB8\xAD\xF0\x9F\x9A\x8C'"},
      {"\xC2\x9B", R"('\u009b')"},  // CSI: a terminal would obey it
      {"\xC2\xA0", "'\xC2\xA0'"},
      {"a\xFF", R"('a\xff')"},
      {"\xE4\xB8", R"('\xe4\xb8')"},          // cut short
      {"\xC0\x80", R"('\xc0\x80')"},          // overlong
      {"\xED\xA0\x80", R"('\xed\xa0\x80')"},  // a surrogate
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(quote(each.text) == each.quoted);
  }
}

TEST_CASE("a long quote is cut between characters") {
  CHECK(quote(std::string(60, 'x')) == "'" + std::string(60, 'x') + "'");
  CHECK(quote(std::string(61, 'x')) == "'" + std::string(60, 'x') + "...'");
  CHECK(quote(std::string(59, 'x') + "\xE4\xB8\xAD") == "'" + std::string(59, 'x') + "...'");
}

}  // namespace
}  // namespace sqlbus
