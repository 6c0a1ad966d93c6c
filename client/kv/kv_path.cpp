#include "client/kv/kv_path.hpp"

#include <algorithm>

#include "protocol/utf8.hpp"

namespace sqlbus::kv {

Result<Path> Path::parse(std::string_view text) {
  if (text.empty()) return Error{"a path has at least one segment"};
  if (text.size() > kBytesMax) {
    return Error{"a path has at most " + std::to_string(kBytesMax) + " bytes"};
  }
  if (text.find('\0') != std::string_view::npos || !is_utf8(text)) {
    return Error{"a path is UTF-8 without NUL"};
  }
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    if (end == at) return Error{"a path has no empty segment: " + std::string(text)};
    if (end - at > kSegmentBytesMax) {
      return Error{"a segment of a path has at most " + std::to_string(kSegmentBytesMax) +
                   " bytes"};
    }
    at = end + 1;
  }
  return Path(text);
}

}  // namespace sqlbus::kv
