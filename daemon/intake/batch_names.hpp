// Names for the batches of one queue: each is new, and they sort by age.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/keys.hpp"

namespace sqlbus {

// The sequence begins with the time in microseconds, so that the batches of successive owners sort
// by age as well.
class BatchNames {
 public:
  BatchNames(std::string queue, std::string instance_id)
      : queue_(std::move(queue)),
        instance_id_(std::move(instance_id)),
        sequence_(
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                           std::chrono::system_clock::now().time_since_epoch())
                                           .count())) {}

  std::string next(std::string_view origin = "") {
    // Not behind the time: it is also when the batch began.
    const auto now_us =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count());
    sequence_ = now_us > sequence_ ? now_us : sequence_ + 1;
    char sequence[17];
    std::snprintf(sequence, sizeof sequence, "%016llx", static_cast<unsigned long long>(sequence_));
    return keys::inflight(queue_, instance_id_, sequence, origin);
  }

 private:
  std::string queue_;
  std::string instance_id_;
  std::uint64_t sequence_;
};

}  // namespace sqlbus
