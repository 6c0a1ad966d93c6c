// Any bytes as a dead letter, and as the envelope within one, which must come back byte for byte.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "expect.hpp"
#include "protocol/dead_letter.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sqlbus;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto read = decode_dead_letter(bytes);
  fuzz::expect(read.ok() || !read.error().message.empty(), "an error says why");

  DeadLetter letter;
  letter.request = bytes;
  letter.message = bytes;
  const auto again = decode_dead_letter(encode_dead_letter(letter));
  fuzz::expect(again.ok(), "a dead letter that was encoded is decoded");
  fuzz::expect(again->request == bytes, "the envelope comes back byte for byte");
  return 0;
}
