#include "bench/pg_array.hpp"

#include <utility>

namespace sqlbus::bench {

namespace {

// In the header of an array: dimensions, whether there are nulls, type, elements, first index.
constexpr std::size_t kElementsAt = 12;

void put(std::string& bytes, std::size_t at, std::uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    bytes[at++] = static_cast<char>(value >> static_cast<unsigned>(shift));
  }
}

void append(std::string& bytes, std::uint64_t value, int size) {
  const std::size_t at = bytes.size();
  bytes.resize(at + static_cast<std::size_t>(size));
  put(bytes, at, value, size);
}

}  // namespace

void TextArray::add(std::string_view element) {
  text_ += text_.size() > 1 ? R"(,")" : R"(")";
  text_ += element;
  text_ += '"';
}

PgParam TextArray::take() { return {.bytes = std::exchange(text_, "{") + '}'}; }

BinaryArray::BinaryArray(Type type) {
  for (const std::uint32_t word : {1U, 0U, static_cast<std::uint32_t>(type), 0U, 1U}) {
    append(bytes_, word, 4);
  }
}

void BinaryArray::add(std::string_view bytes) {
  append(bytes_, bytes.size(), 4);
  bytes_ += bytes;
  ++size_;
}

void BinaryArray::add(std::int64_t value) {
  append(bytes_, 8, 4);
  append(bytes_, static_cast<std::uint64_t>(value), 8);
  ++size_;
}

PgParam BinaryArray::take() {
  put(bytes_, kElementsAt, size_, 4);
  return {.bytes = std::move(bytes_), .is_binary = true};
}

}  // namespace sqlbus::bench
