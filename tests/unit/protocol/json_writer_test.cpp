#include "protocol/json_writer.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace sqlbus {

TEST_CASE("commas and colons stand where they belong") {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject);
  json.name("a").integer(-1).name("b").open(JsonContainer::kArray);
  json.boolean(true).null().string("x,").number(1.5).raw("{}").base64("f");
  json.open(JsonContainer::kArray).close(JsonContainer::kArray);
  json.close(JsonContainer::kArray).name("c").open(JsonContainer::kObject);
  json.close(JsonContainer::kObject).close(JsonContainer::kObject);
  CHECK(text == R"({"a":-1,"b":[true,null,"x,",1.5,{},"Zg==",[]],"c":{}})");
}

TEST_CASE("a list can be written in steps") {
  std::string text;
  for (int i = 0; i < 3; ++i) JsonWriter(text).integer(i);
  CHECK(text == "0,1,2");
}

TEST_CASE("integers are written to both ends of 64 bits") {
  using Limits = std::numeric_limits<std::int64_t>;
  std::string text;
  JsonWriter(text).integer(Limits::min()).integer(Limits::max());
  CHECK(text == "-9223372036854775808,9223372036854775807");
}

TEST_CASE("whatever bytes a string has, what is written is valid JSON") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      std::string text;
      const std::string bytes = {'a', static_cast<char>(first), static_cast<char>(second)};
      JsonWriter(text).string(bytes);
      if (!is_json(text)) FAIL_CHECK("bytes " << first << " " << second << ": " << text);
    }
  }
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD, each of them") {
  std::string text;
  JsonWriter(text).string("a\xFF\xC3z\xE4\xB8");
  CHECK(text == "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("a text is escaped wherever in it the character stands, at any length") {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string bytes(size, 'a');
      bytes[at] = '"';
      std::string text;
      JsonWriter(text).string(bytes);
      CHECK(text == "\"" + bytes.substr(0, at) + "\\\"" + bytes.substr(at + 1) + "\"");
    }
  }
}

TEST_CASE("a name may be long, or hold what has to be escaped") {
  const std::string long_name(100, 'n');
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject).name("a\"b").null().name(long_name).null();
  json.close(JsonContainer::kObject);
  CHECK(text == R"({"a\"b":null,")" + long_name + R"(":null})");
}

TEST_CASE("a moment is a number of seconds") {
  std::string text;
  JsonWriter(text).moment(EpochTime(std::chrono::microseconds{1'500'000})).moment(EpochTime{});
  CHECK(text == "1.5,0");
}

}  // namespace sqlbus
