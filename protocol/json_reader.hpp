// Reads JSON as a stream of events, so that what is not wanted is never stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus {

struct JsonScalar {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string_view text{};   // kNumber: as it was written; kString: decoded, may hold NUL
  bool is_in_place = false;  // text is part of what is read, and lasts as long as that
};

enum class JsonContainer : std::uint8_t { kObject, kArray };

// Receives the events. Texts are borrowed for the call, but where is_in_place says more. Returning
// false ends the reading.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;

  virtual bool on_scalar(const JsonScalar& scalar) = 0;
  virtual bool on_name(std::string_view name) = 0;
  virtual bool on_open(JsonContainer container) = 0;
  virtual bool on_close(JsonContainer container) = 0;
};

// Containers within containers; deeper ones are refused (RFC 8259, section 9), so that 64 MiB of
// brackets do not cost half a GiB.
inline constexpr std::size_t kJsonDepthMax = 1'000'000;

// One JSON value in valid UTF-8, white space around it allowed. Depth costs memory, never stack.
// Numbers beyond the range of a double are refused (RFC 8259, section 6).
Status read_json(std::string_view text, JsonVisitor& visitor);

// The same for many texts, in memory that is used again.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  Status read(std::string_view text, JsonVisitor& visitor);

 private:
  struct Impl;  // RapidJSON's
  std::unique_ptr<Impl> impl_;
};

bool is_json(std::string_view text);

}  // namespace sqlbus
