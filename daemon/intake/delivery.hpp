// What the intake hands on: one envelope of a batch.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>

#include "daemon/intake/lease.hpp"
#include "daemon/redis/reply.hpp"

namespace sqlbus {

// Requests claimed together, as they lie in Redis under `key` until the last one is settled.
struct Batch {
  std::size_t queue = 0;  // the queue's place among those that this daemon has had
  std::size_t rank = 0;   // its priority when this was claimed, 0 the highest
  std::string key;
  Reply storage{nullptr};  // owns the envelopes
  // For the lists of its requests, all at once. The loop allocates, any thread may free.
  std::pmr::monotonic_buffer_resource memory;
  std::size_t unsettled = 0;  // whose settlement has not been sent
  std::size_t unended = 0;    // of these, whose outcome is not known yet
  // Where its requests came from if not from the queue itself: "@waiting:<database>", "@replay".
  std::string origin;
  std::size_t open = 0;       // deliveries that have not come back yet
  std::size_t untouched = 0;  // of those that have: not begun, to be given back
  std::shared_ptr<const Lease> lease;
  // Redis does not have it any more: another daemon has taken over, or Redis has lost it. Nothing
  // of it may begin or be committed. Written by the loop, read by lanes.
  std::atomic<bool> is_gone{false};

  bool may_act() const { return lease->is_valid() && !is_gone.load(std::memory_order_acquire); }
};

struct Delivery {
  // Shared: the envelopes of one batch end in different lanes at different times, and the last one
  // to be settled frees the bytes of all.
  std::shared_ptr<Batch> batch;
  std::size_t position = 0;
  std::int64_t deliveries = 0;  // how often a daemon was lost with it
  std::size_t database = 0;     // index into Settings::databases, once it has been admitted
  std::string_view envelope;    // in batch->storage
  std::size_t order = 0;        // of its caller or KEY, once it has been routed
  bool is_aside = false;        // a query that runs beside the lane of its order
  bool was_held = false;        // behind such a query
  bool has_ended = false;       // only its settlement is left, see Intake::end
};

}  // namespace sqlbus
