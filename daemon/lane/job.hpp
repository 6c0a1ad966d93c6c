// A request in its lane.
#pragma once

#include <chrono>
#include <cstddef>

#include "daemon/admission/admitted.hpp"

namespace sqlbus {

struct Job {
  Admitted admitted;
  std::chrono::steady_clock::time_point arrived_at{};
  int failures = 0;        // times it failed alone for a cause that may pass
  bool is_parked = false;  // a suspect: the intake knows that it waits for its database

  const Request& request() const { return admitted.request; }
  // Its batch is not ours any more: it may not begin.
  bool is_gone() const { return admitted.delivery.batch->is_gone.load(std::memory_order_acquire); }
};

}  // namespace sqlbus
