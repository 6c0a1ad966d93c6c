// The name of a small value: segments that nest like folders, "pictures/2026/cat.png".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/result.hpp"

namespace sqlbus::kv {

class Path {
 public:
  static constexpr std::size_t kBytesMax = 1024;
  static constexpr std::size_t kSegmentBytesMax = 255;

  // UTF-8 without NUL; no segment is empty.
  static Result<Path> parse(std::string_view text);

  const std::string& str() const { return text_; }
  // KEY of all requests about it: the first segment. What is set, read and deleted below one first
  // segment goes the same way, in its order, and stays on one database where several share the
  // work.
  std::string key() const { return text_.substr(0, text_.find('/')); }

  // Whatever lies below is from first() on and before end(), by the order of bytes.
  std::string first() const { return text_ + '/'; }
  std::string end() const { return text_ + static_cast<char>('/' + 1); }

 private:
  explicit Path(std::string_view text) : text_(text) {}

  std::string text_;
};

}  // namespace sqlbus::kv
