#include "protocol/base64.hpp"

#include <doctest/doctest.h>

namespace sqlbus {

TEST_CASE("base64 of RFC 4648 goes both ways") {
  const struct {
    std::string_view bytes;
    std::string_view text;
  } cases[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {{"\0\xFF\xFB", 3}, "AP/7"},
  };
  for (const auto& c : cases) {
    CHECK(base64_encode(c.bytes) == c.text);
    CHECK(base64_decode(c.text) == c.bytes);
  }
}

TEST_CASE("what is no base64 with padding is refused") {
  for (const std::string_view text : {"Zg", "Zg=", "Z===", "Zh==", "Zg==Zg==", "Zg ==", "\nZg==",
                                      "Z_-/", "=", "====", "Zm9v!", "\xC3\xA4Zg="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
}

TEST_CASE("a megabyte of every byte survives base64") {
  std::string bytes(1 << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  CHECK(base64_decode(base64_encode(bytes)) == bytes);
}

}  // namespace sqlbus
