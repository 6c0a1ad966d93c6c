#include "protocol/dead_letter.hpp"

#include <doctest/doctest.h>

#include "protocol/base64.hpp"
#include "protocol/limits.hpp"
#include "vectors.hpp"

namespace sqlbus {

TEST_CASE("the dead letters of the vectors are read, and written as they stand") {
  const auto vectors = test::load_vectors("dead_letters.json");
  for (const auto& vector : vectors["valid"].GetArray()) {
    const std::string text = test::text_at(vector, "dead_letter");
    const auto& expected = vector["expect"];
    CAPTURE(test::text_at(vector, "name"));
    const auto letter = decode_dead_letter(text);
    REQUIRE(letter.ok());
    CHECK(letter->id == test::text_at(expected, "id"));
    CHECK(letter->request == base64_decode(test::text_at(expected, "request_base64")));
    CHECK(static_cast<int>(letter->error) == expected["errorid"].GetInt());
    CHECK(letter->message == test::text_at(expected, "message"));
    CHECK(letter->sqlstate == test::text_at(expected, "sqlstate"));
    CHECK(to_epoch_text(letter->failed_at) == test::text_at(expected, "failed_at"));
    CHECK(letter->attempts == expected["attempts"].GetInt64());
    CHECK(letter->instance == test::text_at(expected, "instance"));
    if (test::flag_at(vector, "is_as_written")) CHECK(encode_dead_letter(*letter) == text);
  }
}

TEST_CASE("what is no dead letter is refused with the reason") {
  const auto vectors = test::load_vectors("dead_letters.json");
  for (const auto& vector : vectors["invalid"].GetArray()) {
    CAPTURE(test::text_at(vector, "name"));
    const auto letter = decode_dead_letter(test::text_at(vector, "dead_letter"));
    REQUIRE_FALSE(letter.ok());
    CHECK(letter.error().message.find("dead letter: ") == 0);
    CHECK(letter.error().message.find(test::text_at(vector, "message")) != std::string::npos);
  }
}

TEST_CASE("an envelope of any bytes comes back from its dead letter byte for byte") {
  for (unsigned first = 0; first < 256; ++first) {
    for (const unsigned second : {0x00U, 0x22U, 0x5CU, 0x80U, 0xA0U, 0xBFU, 0xC2U, 0xEDU, 0xFFU}) {
      DeadLetter letter;
      letter.request = {'{', static_cast<char>(first), static_cast<char>(second), '}'};
      const auto again = decode_dead_letter(encode_dead_letter(letter));
      REQUIRE(again.ok());
      CHECK(again->request == letter.request);
    }
  }
}

TEST_CASE("a dead letter is valid UTF-8 of bounded size whatever the message is") {
  DeadLetter letter;
  letter.message = std::string(100'000, '\xFF');
  const auto again = decode_dead_letter(encode_dead_letter(letter));
  REQUIRE(again.ok());
  CHECK(again->message.size() <= limits::kMessageBytesMax);
  CHECK(again->message.substr(0, 3) == "\xEF\xBF\xBD");
}

}  // namespace sqlbus
