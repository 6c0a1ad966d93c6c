// A request in its lane.
#pragma once

#include <chrono>
#include <cstddef>

#include "daemon/admission/admitted.hpp"

namespace sqlbus {

struct Job {
  Admitted admitted;
  std::chrono::steady_clock::time_point arrived_at{};
  int failures = 0;  // times it failed alone for a cause that may pass

  const Request& request() const { return admitted.request; }
};

}  // namespace sqlbus
