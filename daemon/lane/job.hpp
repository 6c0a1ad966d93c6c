// A request in its lane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "daemon/admission/admitted.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {

struct Job {
  Admitted admitted;
  int failures = 0;          // times it failed alone for a cause that may pass
  bool is_in_doubt = false;  // a session was lost while it ran here: it may have taken effect
  std::uint32_t epoch = 0;   // of the direct way to its database, see Detours

  const Request& request() const { return admitted.request; }
  // It came from the queue itself, not from a waiting list or a replay.
  bool is_direct() const { return admitted.delivery.batch->origin.empty(); }
  // An operator sent it again from the dead letters.
  bool is_replay() const { return admitted.delivery.batch->origin == keys::kReplayOrigin; }
  // It may have taken effect before, here or with another daemon.
  bool may_be_applied() const {
    return is_in_doubt || admitted.delivery.deliveries > 0 || !is_direct();
  }
  // Its batch is not ours any more: it may not begin.
  bool is_gone() const { return admitted.delivery.batch->is_gone.load(std::memory_order_acquire); }
};

// Requests in their order.
using Turn = std::deque<Job>;

}  // namespace sqlbus
