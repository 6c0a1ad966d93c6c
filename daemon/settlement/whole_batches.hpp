// Holds back outcomes from which nothing follows until those of their whole batch are there: a
// batch that is settled at once is removed, without a mark on each of its positions. With several
// lanes its requests end in different groups. Loop thread.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "daemon/settlement/outcome.hpp"

namespace sqlbus {

class WholeBatches {
 public:
  using Outcomes = std::vector<Outcome>;

  // What may go now, in the order of its coming, is added to `ready`.
  void add(Outcome outcome, Outcomes& ready);
  // All that is held, by the queue it came from.
  void take_all(std::vector<Outcomes>& ready);
  bool is_empty() const { return held_.empty(); }

 private:
  void take(const Batch* batch, Outcomes& ready);

  std::unordered_map<const Batch*, Outcomes> held_;
};

}  // namespace sqlbus
