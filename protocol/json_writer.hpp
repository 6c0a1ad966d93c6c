// Writes JSON behind a string, without white space.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/clock.hpp"
#include "protocol/json_reader.hpp"

namespace sqlbus {

// Commas are set by what stands before, so values can be appended to a list in any number of
// steps. That the calls make sound JSON is up to the caller.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open(JsonContainer container);
  JsonWriter& close(JsonContainer container);
  JsonWriter& name(std::string_view name);
  // Bytes that are not valid UTF-8 become U+FFFD.
  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t value);
  // Finite; in the fewest digits that mean the same double.
  JsonWriter& number(double value);
  // Seconds since 1970.
  JsonWriter& moment(EpochTime time);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // A value that is JSON already: a number as it was written, or anything else.
  JsonWriter& raw(std::string_view json);
  // The bytes as base64 in a string.
  JsonWriter& base64(std::string_view bytes);

 private:
  bool needs_comma() const;
  void separate();
  void append_string(std::string_view text);
  void append_escaped(std::string_view text);

  std::string& out_;
};

}  // namespace sqlbus
