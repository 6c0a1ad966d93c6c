#include "client/command/param.hpp"

#include <doctest/doctest.h>

#include <string>

using sqlbus::param_of;
using sqlbus::Value;

TEST_CASE("a JSON scalar is bound as what it says") {
  using Kind = Value::Kind;
  struct Case {
    const char* text;
    Value value;
  };
  const Case cases[] = {
      {"5", {.kind = Kind::kInteger, .integer = 5, .text = {}}},
      {"-5", {.kind = Kind::kInteger, .integer = -5, .text = {}}},
      {"9223372036854775807", {.kind = Kind::kInteger, .integer = 9223372036854775807, .text = {}}},
      {"9223372036854775808", {.kind = Kind::kNumber, .text = "9223372036854775808"}},
      {"1.50", {.kind = Kind::kNumber, .text = "1.50"}},
      {"1e3", {.kind = Kind::kNumber, .text = "1e3"}},
      {"true", {.kind = Kind::kBool, .integer = 1, .text = {}}},
      {"false", {.kind = Kind::kBool, .integer = 0, .text = {}}},
      {"null", {}},
      {R"("5")", {.kind = Kind::kText, .text = "5"}},
      {R"("a\nb")", {.kind = Kind::kText, .text = "a\nb"}},
      {R"("")", {.kind = Kind::kText, .text = ""}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(param_of(each.text) == each.value);
  }
}

TEST_CASE("what is no JSON scalar is bound as text, as it stands") {
  const char* const cases[] = {"",       "hello",       "007",  "+5",        " 5", "5 ",
                               "5,6",    "5],\"x\"",    "TRUE", "NULL",      "{}", "[1]",
                               "\"open", "\"a\" \"b\"", "0x10", "1.",        ".5", "1e",
                               "-",      "nullx",       "\xff", "2024-01-01"};
  for (const char* text : cases) {
    CAPTURE(text);
    CHECK(param_of(text) == Value{.kind = Value::Kind::kText, .text = text});
  }
}

TEST_CASE("--text binds everything as text") {
  for (const char* text : {"5", "null", "\"5\"", ""}) {
    CHECK(sqlbus::text_param(text) == Value{.kind = Value::Kind::kText, .text = text});
  }
}
