#include "daemon/settlement/whole_batches.hpp"

#include <iterator>
#include <utility>

namespace sqlbus {
namespace {

void append(std::vector<Outcome>& to, std::vector<Outcome>& from) {
  if (to.empty()) return to.swap(from);
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void WholeBatches::add(Outcome outcome, Outcomes& ready) {
  auto& batch = *outcome.delivery.batch;
  const bool is_settled = outcome.kind == Outcome::Kind::kSettled;
  if (is_settled) --batch.unended;
  // One that comes back untouched will not be settled here: nothing is to be waited for.
  const bool is_last = !is_settled || batch.unended == 0;
  if (!is_last && outcome.is_plain()) {
    held_[&batch].push_back(std::move(outcome));
    return;
  }
  if (is_last && !held_.empty()) take(&batch, ready);
  ready.push_back(std::move(outcome));
}

void WholeBatches::take_all(std::vector<Outcomes>& ready) {
  for (auto& [batch, outcomes] : held_) append(ready[batch->queue], outcomes);
  held_.clear();
}

void WholeBatches::take(const Batch* batch, Outcomes& ready) {
  const auto held = held_.find(batch);
  if (held == held_.end()) return;
  append(ready, held->second);
  held_.erase(held);
}

}  // namespace sqlbus
