// A delivery that may run: decoded, validated, with its database found.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/intake/delivery.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

struct Admitted {
  // How it runs beside its neighbours in the lane.
  enum class Mode : std::uint8_t {
    kGroup,  // in one transaction with others of this mode
    kQuery,  // by itself, its rows are waited for
    kAlone,  // by itself
  };

  Delivery delivery;
  Request request;
  std::size_t database = 0;  // index into Settings::databases
  Mode mode = Mode::kAlone;
};

}  // namespace sqlbus
