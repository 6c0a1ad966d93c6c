// What is under way of each caller, or KEY, on one database: so that a query whose caller has
// nothing else there may run beside the lane that writes, and nothing of that caller overtakes it.
// Callers are told apart by a part of their hash; where two meet, one of them waits for the other
// without need. Loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "daemon/admission/admitted.hpp"

namespace sqlbus {

class OrderBook {
 public:
  // Nothing of this caller is under way.
  bool is_free(std::size_t order) const { return under_way_[slot_of(order)] == 0; }
  // A query of this caller runs beside its lane: what comes behind it is to be held.
  bool must_hold(std::size_t order) const { return behind_.contains(slot_of(order)); }

  void begin(std::size_t order) { ++under_way_[slot_of(order)]; }
  // Only where the caller is free.
  void begin_aside(std::size_t order) {
    begin(order);
    behind_[slot_of(order)];
  }
  void hold(std::size_t order, Admitted admitted) {
    behind_[slot_of(order)].push_back(std::move(admitted));
  }

  void end(std::size_t order) { --under_way_[slot_of(order)]; }
  // Returns what was held, in order: it may go on.
  std::vector<Admitted> end_aside(std::size_t order) {
    end(order);
    auto node = behind_.extract(slot_of(order));
    return std::move(node.mapped());
  }
  std::vector<Admitted> take_held() {
    std::vector<Admitted> all;
    for (auto& [slot, held] : behind_) {
      for (auto& admitted : std::exchange(held, {})) all.push_back(std::move(admitted));
    }
    return all;
  }

 private:
  // Far more than requests in flight.
  static constexpr std::size_t kSlots = std::size_t{1} << 16U;

  static std::size_t slot_of(std::size_t order) { return order % kSlots; }

  std::vector<std::uint32_t> under_way_ = std::vector<std::uint32_t>(kSlots);
  // Of callers with a query beside their lane, few at a time: what came behind it.
  std::map<std::size_t, std::vector<Admitted>> behind_;
};

}  // namespace sqlbus
