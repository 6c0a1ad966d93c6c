#include "protocol/json_reader.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sqlbus {
namespace {

// Writes the events down; ends the reading at one of its choice.
class Recorder final : public JsonVisitor {
 public:
  explicit Recorder(std::string_view end_at = "nothing") : end_at_(end_at) {}

  bool on_scalar(const JsonScalar& scalar) override {
    switch (scalar.kind) {
      case JsonScalar::Kind::kNull:
        return add("null");
      case JsonScalar::Kind::kBool:
        return add(scalar.boolean ? "true" : "false");
      case JsonScalar::Kind::kNumber:
        return add("number " + std::string(scalar.text));
      case JsonScalar::Kind::kString:
        return add("string " + std::string(scalar.text));
    }
    return false;
  }
  bool on_name(std::string_view name) override { return add("name " + std::string(name)); }
  bool on_open(JsonContainer container) override {
    return add(container == JsonContainer::kObject ? "{" : "[");
  }
  bool on_close(JsonContainer container) override {
    return add(container == JsonContainer::kObject ? "}" : "]");
  }

  std::string events;

 private:
  bool add(const std::string& event) {
    events += event + ";";
    return event != end_at_;
  }

  std::string_view end_at_;
};

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("JSON is read as events, numbers as they were written") {
  Recorder recorder;
  const auto read = read_json(
      R"( {"a" : [null, true, false, 1, -0.50, 1E+2, "x\u00e4\n\ud83d\ude00"], "\"": {}} )",
      recorder);
  CHECK(read.ok());
  CHECK(recorder.events ==
        "{;name a;[;null;true;false;number 1;number -0.50;number 1E+2;"
        "string x\xC3\xA4\n\xF0\x9F\x98\x80;];name \";{;};};");
}

TEST_CASE("a visitor can end the reading at any event") {
  for (const std::string_view event :
       {"null", "true", "number 1", "string x", "name a", "{", "}", "[", "]"}) {
    Recorder recorder(event);
    CAPTURE(event);
    CHECK_FALSE(read_json(R"({"a":[null,true,1,"x"]})", recorder).ok());
    CHECK(recorder.events.ends_with(std::string(event) + ";"));
  }
}

TEST_CASE("a fault is told with its place") {
  Recorder recorder;
  const auto read = read_json(R"({"a":1,})", recorder);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().message.starts_with("at byte 7: "));
}

TEST_CASE("strings of plain runs, escapes and longer characters are put together") {
  std::string text;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    text += "plain\\n\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80\\u00e4";
    expected += "plain\n\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80\xC3\xA4";
  }
  Recorder recorder;
  CHECK(read_json("\"" + text + "\"", recorder).ok());
  CHECK(recorder.events == "string " + expected + ";");
}

TEST_CASE("what is not one JSON value in valid UTF-8 is refused") {
  const std::string_view cases[] = {
      "",
      " ",
      "x",
      "{",
      "}",
      "[1,]",
      "{\"a\"}",
      "{a:1}",
      "1 2",
      "01",
      "1.",
      "tru",
      "\"",
      "\"\t\"",
      "\"\\x\"",
      "\"\\u12\"",
      "\"\\ud800\"",
      "\"\\udc00\"",
      "\"\\udc00\\ud800\"",
      "\"\\ud800\\u0041\"",
      "\"\xFF\"",
      "\"\xC0\xAF\"",
      "\"\xED\xA0\x80\"",
      "\"\xF4\x90\x80\x80\"",
      "\"\xE4\xB8\"",
      "\xEF\xBB\xBF{}",
      "{}\xA0",
      {"{}\0", 3},
      {"\0{}", 3},
      {"\"a\0b\"", 5},
  };
  for (const std::string_view text : cases) {
    CAPTURE(std::string(text));
    CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("characters at the ends of their ranges are valid") {
  for (const std::string_view text :
       {"\"\x7F\"", "\"\xC2\x80\"", "\"\xED\x9F\xBF\"", "\"\xEE\x80\x80\"", "\"\xF4\x8F\xBF\xBF\"",
        "\"\\uD7FF\\uE000\"", "\"\\uDBFF\\uDFFF\"", "\"\\u0000\""}) {
    CAPTURE(text);
    CHECK(is_json(text));
  }
}

TEST_CASE("depth costs no stack, and has a limit") {
  CHECK(is_json(nested(200'000)));
  CHECK(is_json(nested(kJsonDepthMax)));
  CHECK_FALSE(is_json(nested(kJsonDepthMax + 1)));
  CHECK_FALSE(is_json(std::string(200'000, '[')));
  CHECK_FALSE(is_json(std::string(64 << 20, '[')));
}

}  // namespace sqlbus
