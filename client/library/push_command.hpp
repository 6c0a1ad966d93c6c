// One LPUSH, or RPUSH, of any number of envelopes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sqlbus {

// Memory of larger requests and answers, which are rare, is given back.
inline constexpr std::size_t kKeptBytesMax = 1U << 20U;

// Written as RESP in one piece of memory, which is used again. Redis pushes the envelopes one after
// the other, all or none, so that the bus, which takes from the other end, meets them in their
// order.
class PushCommand {
 public:
  // Memory beyond `kept_bytes_max` is given back at clear().
  PushCommand(std::string_view queue, std::size_t kept_bytes_max, std::string_view verb = "LPUSH");

  // Where memory is short it throws and holds what it held before.
  void add(std::string_view envelope);
  void clear();

  std::size_t count() const { return count_; }
  std::size_t bytes() const { return text_.size(); }
  bool is_empty() const { return count_ == 0; }
  // The command as it stands; borrowed until the next change.
  std::string_view resp();

 private:
  std::string text_;  // room for the number of arguments, LPUSH, the queue, the envelopes
  std::size_t kept_bytes_max_;
  std::size_t start_bytes_;
  std::size_t count_ = 0;
};

}  // namespace sqlbus
