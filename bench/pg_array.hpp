// A PostgreSQL array as a parameter, as cheap as it can be made: in the binary format where the
// values have it without work, as text otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bench/pg_connection.hpp"

namespace sqlbus::bench {

// {"a","b"}; nothing that is added holds a character to be escaped.
class TextArray {
 public:
  void add(std::string_view element);
  PgParam take();

 private:
  std::string text_ = "{";
};

class BinaryArray {
 public:
  enum class Type : std::uint32_t { kBytea = 17, kInt8 = 20, kText = 25 };  // as in pg_type

  explicit BinaryArray(Type type);

  void add(std::string_view bytes);  // of kBytea and kText
  void add(std::int64_t value);      // of kInt8
  PgParam take();

 private:
  std::uint32_t size_ = 0;
  std::string bytes_;
};

}  // namespace sqlbus::bench
