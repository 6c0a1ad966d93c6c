// What is under way of each caller, or KEY, on one database: so that a query whose caller has
// nothing else there may run beside the lane that writes, and nothing of that caller overtakes it.
// Callers share an entry where their hashes meet, which costs one of them a wait and no order.
// Loop thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "daemon/admission/admitted.hpp"

namespace sqlbus {

class OrderBook {
 public:
  // Nothing of this caller is under way.
  bool is_free(std::size_t order) const { return at(order).under_way == 0; }
  // A query of this caller runs beside its lane: what comes behind it is to be held.
  bool must_hold(std::size_t order) const { return at(order).is_aside; }

  void begin(std::size_t order, bool is_aside) {
    auto& entry = at(order);
    ++entry.under_way;
    if (is_aside) entry.is_aside = true;
  }
  void hold(std::size_t order, Admitted admitted) { at(order).held.push_back(std::move(admitted)); }
  // What was held behind it may go on.
  std::vector<Admitted> end(std::size_t order, bool was_aside) {
    auto& entry = at(order);
    --entry.under_way;
    if (!was_aside) return {};
    entry.is_aside = false;
    return std::exchange(entry.held, {});
  }
  std::vector<Admitted> take_held() {
    std::vector<Admitted> all;
    for (auto& entry : entries_) {
      for (auto& admitted : std::exchange(entry.held, {})) all.push_back(std::move(admitted));
    }
    return all;
  }

 private:
  struct Entry {
    std::uint32_t under_way = 0;
    bool is_aside = false;
    std::vector<Admitted> held;
  };
  static constexpr std::size_t kEntries = 1024;

  Entry& at(std::size_t order) { return entries_[order % kEntries]; }
  const Entry& at(std::size_t order) const { return entries_[order % kEntries]; }

  std::vector<Entry> entries_ = std::vector<Entry>(kEntries);
};

}  // namespace sqlbus
