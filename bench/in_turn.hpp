// Limit and bus, one after the other.
#pragma once

#include "bench/quantity.hpp"

namespace sqlbus::bench {

// Each goes first in every other round: who comes after the other's work may pay for it. Both are
// called without arguments and return what they measured.
template <typename Limit, typename Bus>
void measure_in_turn(Quantity& quantity, int rounds, Limit limit, Bus bus) {
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) {
      const double of_limit = limit();
      quantity.add(of_limit, bus());
    } else {
      const double of_bus = bus();
      quantity.add(limit(), of_bus);
    }
  }
}

}  // namespace sqlbus::bench
