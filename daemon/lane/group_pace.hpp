// How many requests share a transaction, and how carefully: learned from how the last ones went.
// Lane thread.
#pragma once

#include <algorithm>
#include <cstddef>

namespace sqlbus {

class GroupPace {
 public:
  explicit GroupPace(std::size_t group_max) : limit_(group_max) {}

  std::size_t limit(std::size_t group_max) const { return std::min(limit_, group_max); }
  // With a savepoint before what may fail.
  bool is_careful() const { return careful_left_ > 0; }

  // Larger groups again, and without savepoints once enough has gone well.
  void grow(std::size_t done, std::size_t group_max) {
    limit_ = std::min(group_max, limit_ * 2);
    careful_left_ -= std::min(careful_left_, done);
  }
  // The next group has no more than that, and at least one.
  void shrink_to(std::size_t count) { limit_ = std::max<std::size_t>(count, 1); }
  // One of a group failed.
  void be_careful() {
    if (is_careful()) shrink_to(1);  // savepoints were of no use
    careful_left_ = kCarefulRequests;
  }

 private:
  // After a failure savepoints pay for so many requests.
  static constexpr std::size_t kCarefulRequests = 5000;

  std::size_t limit_;
  std::size_t careful_left_ = 0;
};

}  // namespace sqlbus
