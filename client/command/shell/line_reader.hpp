// Where the lines of a shell come from.
#pragma once

#include <cstdint>
#include <string>

namespace sqlbus {

class LineReader {
 public:
  enum class Next : std::uint8_t { kLine, kEnd, kDropped };

  virtual ~LineReader() = default;
  // Puts the next line into `line`, without its end. kDropped: whoever types wants to begin anew.
  virtual Next read(const std::string& prompt, std::string& line) = 0;
};

}  // namespace sqlbus
